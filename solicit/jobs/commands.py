"""The worker as a command."""

import os
import signal
import sys
import threading

import click
from flask import current_app
from flask.cli import with_appcontext

from solicit.jobs.tasks import run_worker


@click.command("worker")
@click.option("--until-idle", is_flag=True, help="Stop when no job is left to do.")
@click.option("--with-parent", is_flag=True, hidden=True, help="Stop when standard input closes.")
@with_appcontext
def worker(until_idle: bool, with_parent: bool) -> None:
    """Work off the queue: embeddings, grouping, assignments, rankings, mail.

    Any number of workers may run on the same database, on any number of machines. A job whose worker
    died is taken up by another one within two minutes.

    \b
    Example:
      solicit worker
      solicit worker --until-idle
    """
    if with_parent:
        threading.Thread(target=_stop_when_input_closes, daemon=True).start()
    run_worker(
        current_app._get_current_object(),
        database_url=current_app.config["SQLALCHEMY_DATABASE_URI"],
        wait=not until_idle,
    )


def _stop_when_input_closes() -> None:
    """The site that started this worker holds the other end: however it ends, the worker ends too."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
