"""A real site for journeys: server, worker, database, mail server and browser, each in its own process."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from functools import cached_property
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy.orm import Session

from solicit import create_app
from solicit.db import db
from solicit.jobs.tasks import connector_to, queue, rescue
from solicit.postgres import DatabaseUrls
from solicit.settings import Settings

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]
READY_WITHIN = 240


class Mailbox:
    """Keeps every mail that really arrived over SMTP."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 - aiosmtpd's name
        mail = BytesParser(policy=default).parsebytes(envelope.original_content)
        mail["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self.mails.append(mail)
        return "250 OK"

    def wait_for(self, to: str, subject: str, within: float = 30) -> EmailMessage:
        """The newest mail to ``to`` whose subject contains ``subject``."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            for mail in reversed(self.mails):
                if to in mail["X-Envelope-To"] and subject in mail["Subject"]:
                    return mail
            time.sleep(0.1)
        raise AssertionError(f"No mail “{subject}” to {to}; arrived: {[m['Subject'] for m in self.mails]}")


@dataclass
class Site:
    """A running site."""

    url: str
    urls: DatabaseUrls
    mailbox: Mailbox
    environment: dict[str, str]
    processes: list[subprocess.Popen] = field(default_factory=list)

    @cached_property
    def app(self) -> Flask:
        """The site's application in this process, to arrange and to inspect."""
        own = {name: value for name, value in self.environment.items() if name.startswith("SOLICIT_")}
        return create_app(Settings.from_env(own), self.urls)

    def start(self) -> None:
        # A group of its own, so that site and worker can be killed together.
        self._start("serve", "--port", self.url.rsplit(":", 1)[1])
        wait_until_ready(self.url)

    def kill(self) -> None:
        """kill -9 of the server and of its worker."""
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, 9)
                process.wait()
        self.processes.clear()

    def start_web(self) -> tuple[str, subprocess.Popen]:
        """A web process without a worker, as on a machine of its own, and its address."""
        url = f"http://127.0.0.1:{free_port()}"
        web = self._start("serve", "--no-worker", "--port", url.rsplit(":", 1)[1])
        wait_until_ready(url)
        return url, web

    def start_worker(self, *, until_idle: bool = True) -> subprocess.Popen:
        """A worker alone, in a group of its own."""
        return self._start("worker", *(["--until-idle"] if until_idle else []))

    def _start(self, *arguments: str) -> subprocess.Popen:
        command = [sys.executable, "-m", "solicit", *arguments]
        self.processes.append(subprocess.Popen(command, env=self.environment, start_new_session=True))
        return self.processes[-1]

    def rescue(self) -> None:
        """Give the jobs of killed workers back to the queue at once, as the site's periodic task does later."""
        with ThreadPoolExecutor() as thread:  # the browser has a loop that runs in this one
            thread.submit(asyncio.run, self._rescue()).result()

    async def _rescue(self) -> None:
        with queue.replace_connector(connector_to(self.urls.app)) as app:
            async with app.open_async():
                await rescue(app.job_manager, silent_seconds=0)

    def run(self, *arguments: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "solicit", *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=300)


def wait_until_ready(url: str) -> None:
    end = time.monotonic() + READY_WITHIN
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(url + "/en/", timeout=2).close()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise AssertionError(f"{url} did not answer within {READY_WITHIN} s")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def make_site(make_database, tmp_path) -> Iterator[Callable[..., Site]]:
    with running_sites(make_database, tmp_path, "journey") as make:
        yield make


@pytest.fixture(scope="module")
def make_lasting_site(make_database, tmp_path_factory) -> Iterator[Callable[..., Site]]:
    """For tests that each begin anew on one site: starting one takes longer than most of them."""
    with running_sites(make_database, tmp_path_factory.mktemp("lasting"), "lasting") as make:
        yield make


@contextmanager
def running_sites(make_database, folder: Path, name: str) -> Iterator[Callable[..., Site]]:
    """Makes a running site on a fresh database of this name, with a worker and a mail server."""
    mailbox = Mailbox()
    smtp = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    smtp.start()
    sites: list[Site] = []

    def make(model: Path | None = None) -> Site:
        """``model`` is an export of the language model made before, so that the worker need not make one."""
        url = f"http://127.0.0.1:{free_port()}"
        urls = make_database(f"{name}{len(sites) or ''}")
        settings = Settings(
            instance_dir=folder / f"instance{len(sites) or ''}",
            public_url=url,
            database_url=urls.app,
            owner_database_url=urls.owner,
            mail_server="127.0.0.1",
            mail_port=smtp.port,
            second_factor="optional",
        )
        if model is not None:
            (settings.instance_dir / "models").mkdir(parents=True)
            (settings.instance_dir / "models" / model.name).symlink_to(model)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("SOLICIT_")}
        site = Site(url, urls, mailbox, inherited | settings.to_env())
        sites.append(site)
        return site

    try:
        yield make
    finally:
        for site in sites:
            site.kill()
        smtp.stop()


@contextmanager
def database_of(site: Site) -> Iterator[Session]:
    """A session on a site's own database, to arrange and to inspect."""
    with site.app.app_context():
        try:
            yield db.session()
        finally:
            db.session.remove()
            db.engine.dispose()


@pytest.fixture(scope="session")
def in_site() -> Callable:
    return database_of


@pytest.fixture(scope="session")
def chromium():
    """The system's Chromium, headless."""
    if CHROMIUM is None:
        pytest.skip("No Chromium on this machine: install the package chromium to run browser tests.")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_browser(chromium, request, tmp_path) -> Iterator[Callable]:
    """Opens a fresh browser window; any console error or content-policy report fails the test.

    When the test fails, a picture of every window is left in the test's temporary folder.
    """
    contexts, complaints = [], []

    def open_window(*, may_fail_to_load=False, **options):
        """``may_fail_to_load`` for tests that cut the connection or have the server refuse: browsers report both."""

        def note(message) -> None:
            is_expected = may_fail_to_load and message.text.startswith("Failed to load resource")
            if message.type == "error" and not is_expected:
                complaints.append(message.text)

        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, "locale": "en-GB"} | options)
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        contexts.append(context)
        return page

    yield open_window
    failed = getattr(request.node, "report_call", None) is None or request.node.report_call.failed
    for number, context in enumerate(contexts):
        if failed:
            context.pages[0].screenshot(path=tmp_path / f"window-{number}.png", full_page=True)
        context.close()
    assert failed or complaints == []


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    setattr(item, f"report_{report.when}", report)
