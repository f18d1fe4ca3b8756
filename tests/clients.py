"""Clients of a running site that submit, and retry until they are acknowledged."""

import json
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from http.cookiejar import CookieJar

import sqlalchemy as sa
from builders_drafts import about_form, text_form

from solicit.mail.models import OutboxMail
from solicit.questions.models import Question, QuestionSource
from solicit.submissions.models import Submission

PASSWORD = "seven small orbits around one lamp"
# Nobody may send more than 30 an hour, retries included.
MOST_EACH = 20
CSRF = re.compile(r'name="csrf_token" type="hidden" value="([^"]+)"|name="csrf_token" value="([^"]+)"')


@dataclass
class Client:
    """Sends one submission after the other and retries each with its key until it is acknowledged."""

    urls: tuple[str, ...]
    slug: str
    email: str
    acknowledged: dict[str, str] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()), StayHere).open
        self.token = ""
        self.n_failures = 0

    @property
    def url(self) -> str:
        """The web process that is asked: after each failure the next one, as a proxy would."""
        return self.urls[self.n_failures % len(self.urls)]

    def work(self) -> None:
        self.retry(self.sign_in)
        while not self.stop.is_set() and len(self.acknowledged) < MOST_EACH:
            key = str(uuid.uuid4())
            reference = self.retry(self.submit, key)
            if reference:
                self.acknowledged[key] = reference

    def retry(self, act, *arguments) -> str:
        """The answer of an act, however often the server dies in between; empty when the test is over."""
        while not self.stop.is_set():
            try:
                return act(*arguments)
            except (urllib.error.URLError, ConnectionError, HTTPException, TimeoutError):
                self.n_failures += 1
                time.sleep(0.1)
        return ""

    def sign_in(self) -> str:
        # The first page is never left for a signed-in browser, as the sign-in page is.
        with self.open(f"{self.url}/en/{self.slug}/submit", timeout=20) as answer:
            self.token = next(filter(None, CSRF.search(answer.read().decode()).groups()))
        return self.post("/en/sign-in", {"email": self.email, "password": PASSWORD}).location

    def submit(self, key: str) -> str:
        """Walk through the wizard; a draft that was begun, or sent, before a crash is found by its key."""
        title = f"What would the crash {key} of a probe tell us about the ground it hits?"
        begun = self.post(f"/en/{self.slug}/submit", {"kind": "question", "idempotency_key": key})
        reference = re.search(r"S-\w{4}-\w{4}", begun.location)[0]
        address, version = f"/en/{self.slug}/submit/{reference}", 1
        for step, values in (("question", text_form(title=title)), ("about", about_form())):
            saved = self.post(f"{address}/{step}", values | {"version": version})
            if saved.status == 409:  # it was sent, and only the answer was lost
                return reference
            version = json.loads(saved.body)["version"]
        sent = self.post(f"{address}/check", {"has_consented": "y", "version": version})
        assert sent.location.endswith("/received")
        return reference

    def post(self, path: str, values: dict[str, object]) -> "Answer":
        """Send a form and return the answer; what is neither done nor refused as done is tried again."""
        body = urllib.parse.urlencode(values | {"csrf_token": self.token}).encode()
        headers = {"Referer": self.url + path, "Accept": "application/json"}
        try:
            with self.open(urllib.request.Request(self.url + path, body, headers), timeout=20) as answer:
                return Answer(answer.status, "", answer.read())
        except urllib.error.HTTPError as answer:
            with answer:
                if answer.code in (303, 409):
                    return Answer(answer.code, answer.headers.get("Location", ""), answer.read())
                raise


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    body: bytes


class StayHere(urllib.request.HTTPRedirectHandler):
    """The address that an answer leads to is enough."""

    def redirect_request(self, *arguments) -> None:
        return None


@contextmanager
def working(clients: Sequence[Client]) -> Iterator[None]:
    """Let all clients submit for as long as the block runs."""
    threads = [threading.Thread(target=client.work) for client in clients]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for client in clients:
            client.stop.set()
        for thread in threads:
            thread.join()


def acknowledged_by(clients: Sequence[Client]) -> dict[str, str]:
    return {key: reference for client in clients for key, reference in client.acknowledged.items()}


def check_submissions(session, acknowledged: dict[str, str]) -> None:
    """Each key once, with the reference that was shown; each submission with one question."""
    sent = sa.select(Submission.idempotency_key, Submission.reference).where(Submission.sent_at.is_not(None))
    stored = session.execute(sent).all()
    assert len({row.idempotency_key for row in stored}) == len(stored)
    by_key = {str(row.idempotency_key): row.reference for row in stored}
    assert {key: by_key.get(key) for key in acknowledged} == acknowledged
    n_sources = session.scalar(sa.select(sa.func.count()).select_from(QuestionSource))
    n_questions = session.scalar(sa.select(sa.func.count()).select_from(Question))
    n_receipts = session.scalar(sa.select(sa.func.count()).where(OutboxMail.kind == "submission_received"))
    assert len(stored) == n_sources == n_questions == n_receipts
