"""The queue's side of tasks: running them inside the application, and rescuing stalled ones."""

import logging
from collections.abc import Callable
from functools import wraps

from flask import current_app
from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status
from procrastinate.manager import JobManager

from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError, InvalidMove
from solicit.jobs.letters import write_to_starter
from solicit.jobs.service import add_note, begin_job, defer, finish_job, report_step
from solicit.modules import import_every
from solicit.words import N_

log = logging.getLogger(__name__)

queue = App(connector=PsycopgConnector())

# A worker that has not been heard of for so long is dead.
SILENT_SECONDS = 30
# Tasks that every worker defers when it begins, by name.
AT_START: list[str] = []
TRIES = RetryStrategy(max_attempts=8, exponential_wait=4)


def task(name: str, *, retry: RetryStrategy | bool = TRIES) -> Callable:
    """Register a worker entry point under ``name``; it runs with the application's context."""

    def register(work: Callable) -> Callable:
        @queue.task(name=name, retry=retry)
        @wraps(work)
        def run(**arguments):
            with current_app.app_context():
                try:
                    return work(**arguments)
                finally:
                    db.session.remove()

        return work

    return register


def at_start(name: str) -> None:
    """Have every worker ask for this task when it begins."""
    AT_START.append(name)


class Stopped(Exception):
    """A person asked a long job to stop."""


def long_task(name: str) -> Callable:
    """Register the work of a job that people watch: it takes ``job_id`` and returns the path of its result.

    A failure ends the job with a sentence; the queue does not try again, a person may. When a worker dies the next
    one begins the work anew: it asks ``progress_of_job`` which steps are finished. Work that must not be done twice
    ends its job by ``finish_job`` in the transaction that stores the result: a worker may die after it.
    """

    def register(work: Callable) -> Callable:
        @task(name, retry=False)
        @wraps(work)
        def run(job_id: int, **arguments) -> None:
            with transaction() as session:
                if not begin_job(session, job_id=job_id, now=utcnow()):
                    return
            try:
                outcome = {"result_path": work(job_id=job_id, **arguments)}
            except Stopped:
                return
            except Exception as error:
                log.exception("Job %s (%s) failed", job_id, name)
                outcome = {"problem": _in_words(job_id, error)}
            _finish(job_id, outcome)

        return run

    return register


def take_step(job_id: int, step: int, doing: str, n_done: int = 0, n_total: int = 0) -> None:
    """Show how far a job is, in a transaction of its own; raises Stopped when a person wants it to end.

    ``step`` is counted from 0. Within a long step ``n_done`` of ``n_total`` are finished.
    """
    with transaction() as session:
        if not report_step(session, job_id=job_id, step=step, doing=doing, n_done=n_done, n_total=n_total):
            raise Stopped


def note(job_id: int, text: str, **params: object) -> None:
    """Write a line into the log that people read, in a transaction of its own."""
    with transaction() as session:
        add_note(session, job_id=job_id, text=text, params=params, now=utcnow())


@task("jobs.tell_starter")
def tell_starter(job_id: int) -> None:
    with transaction() as session:
        write_to_starter(session, job_id=job_id, now=utcnow())


def _in_words(job_id: int, error: Exception) -> str:
    """Why a job failed; a reason with values in it goes into the log, which can be translated later."""
    if not isinstance(error, DomainError):
        return N_("Something went wrong on our side. Start it again.")
    if not error.params:
        return error.message
    note(job_id, error.message, **error.params)
    return N_("This was refused. The last line of the log says why.")


def _finish(job_id: int, outcome: dict[str, str]) -> None:
    try:
        with transaction() as session:
            finish_job(session, job_id=job_id, now=utcnow(), **outcome)
    except InvalidMove:
        log.debug("Job %s was over already", job_id)


@queue.periodic(cron="* * * * *")
@queue.task(name="jobs.rescue_stalled", queueing_lock="jobs.rescue_stalled", pass_context=True)
async def rescue_stalled(context: JobContext, timestamp: int) -> None:
    await rescue(context.app.job_manager)


async def rescue(manager: JobManager, *, silent_seconds: float = SILENT_SECONDS) -> None:
    """Give the jobs of dead workers back to the queue: the library does not by itself."""
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=silent_seconds):
        try:
            await manager.retry_job(job)
            log.warning("Job %s (%s) stalled and is queued again", job.id, job.task_name)
        except UniqueViolation:
            # The same waits already under its lock, and will do its work.
            await manager.finish_job(job, status=Status.FAILED, delete_job=True)
            log.warning("Job %s (%s) stalled and is dropped for the one that waits", job.id, job.task_name)


def run_worker(app, *, database_url: str, wait: bool = True) -> None:
    """Work off the queue in this process, until it is stopped, or until nothing is left to do."""
    connector = connector_to(database_url)
    with app.app_context():
        import_every("tasks")
        with transaction() as session:
            for name in AT_START:
                defer(session, name, queueing_lock=name)
        db.session.remove()
        with queue.replace_connector(connector):
            queue.run_worker(wait=wait, install_signal_handlers=wait, delete_jobs="successful")


def connector_to(database_url: str) -> PsycopgConnector:
    """The queue's own connection to the database of an SQLAlchemy address."""
    return PsycopgConnector(conninfo=database_url.replace("postgresql+psycopg://", "postgresql://", 1))
