"""Serving the site, and keeping its database up to date."""

import errno
import os
import subprocess
import sys
import threading
import time

import click
import waitress
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from solicit.clock import utcnow
from solicit.db import db
from solicit.errors import DomainError
from solicit.operating.queries.revisions import first_filled, revision_of
from solicit.operating.service.backup import back_up
from solicit.postgres import stop_embedded
from solicit.web.output import say

WORKER = (sys.executable, "-m", "solicit", "worker", "--with-parent")
THREADS = 8
RESTART_AFTER = 2


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, help="The port to listen on.")
@click.option("--worker/--no-worker", default=True, help="Run a worker beside the site.")
@with_appcontext
def serve(host: str, port: int, worker: bool) -> None:
    """Serve the site, with a worker beside it.

    \b
    Example:
      solicit serve --port 8080
      solicit serve --no-worker       (workers run elsewhere)
    """
    if not is_up_to_date():
        raise click.ClickException("The database is not up to date. Run: solicit db upgrade")
    run_site(current_app._get_current_object(), host=host, port=port, worker=worker)


@click.group("db")
def db_commands() -> None:
    """Look after the database."""


@db_commands.command("upgrade")
@click.option("--backup/--no-backup", "backs_up", default=True, help="Back up first where there is anything to lose.")
@with_appcontext
def db_upgrade(backs_up: bool) -> None:
    """Bring the database up to date; running it again changes nothing.

    A database that holds anything is backed up first, into the folder backups of SOLICIT_INSTANCE_DIR.

    \b
    Example:
      solicit db upgrade
    """
    before = current_revision()
    if before not in (None, wanted_revision()) and backs_up:
        _back_up_before_upgrade(before)
    upgrade()
    after = current_revision()
    said = f"The database is at {after}." if before != after else f"Nothing to do: the database is at {after}."
    say(said, before=before, after=after)


def _back_up_before_upgrade(revision: str) -> None:
    is_empty = first_filled(db.session.connection()) is None
    db.session.rollback()  # nothing is held while migrations run
    if is_empty:
        return
    folder = current_app.extensions["settings"].instance_dir / "backups"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{revision}-{utcnow():%Y-%m-%dT%H%M%SZ}.zip"
    try:
        back_up(current_app.config["OWNER_DATABASE_URL"], path=path, now=utcnow())
    except DomainError as error:
        raise click.ClickException(f"No backup, no upgrade: {error} Or skip it: --no-backup") from None
    way_back = f"To go back: install the version you had, take an empty database, and run: solicit restore {path.name}"
    say(f"Backed up to {path}.\n{way_back}", err=True, backup=path)  # said before anything can fail


@db_commands.command("stop")
@with_appcontext
def db_stop() -> None:
    """Stop the embedded database server, which otherwise keeps running between commands.

    \b
    Example:
      solicit db stop
    """
    db.engine.dispose()
    stop_embedded(current_app.extensions["settings"])
    say("The embedded database is stopped.")


def current_revision() -> str | None:
    revision = revision_of(db.session.connection())
    db.session.rollback()  # nothing is held while migrations run
    return revision


def wanted_revision() -> str | None:
    """The revision of the database that this code is made for."""
    return ScriptDirectory(current_app.extensions["migrate"].directory).get_current_head()


def is_up_to_date() -> bool:
    return current_revision() == wanted_revision()


class WorkerBeside:
    """A worker in a process of its own, started again whenever it ends before the site does."""

    def __init__(self, app: Flask) -> None:
        self.log = app.logger
        self.environment = os.environ | app.config["WORKER_ENVIRONMENT"]
        self.is_wanted = True
        self.process = self._start()
        self.watch = threading.Thread(target=self._keep, daemon=True)
        self.watch.start()

    def stop(self) -> None:
        self.is_wanted = False
        self.process.terminate()
        self.watch.join()

    def _start(self) -> subprocess.Popen:
        # Our end of the pipe closes with this process, even when it is killed; that ends the worker.
        return subprocess.Popen(WORKER, stdin=subprocess.PIPE, env=self.environment)  # noqa: S603

    def _keep(self) -> None:
        while self.process.wait() is not None and self.is_wanted:
            self.log.warning("The worker ended with code %s and is started again", self.process.returncode)
            time.sleep(RESTART_AFTER)
            self.process = self._start()


def run_site(app: Flask, *, host: str, port: int, worker: bool) -> None:
    """Serve until interrupted, with a worker beside the site or without."""
    beside = WorkerBeside(app) if worker else None
    try:
        waitress.serve(
            app,
            host=host,
            port=port,
            threads=THREADS,
            ident=None,
            max_request_body_size=app.config["MAX_CONTENT_LENGTH"],
        )
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise click.ClickException(f"Port {port} is in use already. Choose another: --port {port + 1}") from None
    finally:
        if beside:
            beside.stop()
