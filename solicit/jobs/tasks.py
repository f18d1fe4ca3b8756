"""The queue's side of tasks: running them inside the application, and rescuing stalled ones."""

import logging
from collections.abc import Callable
from functools import wraps

from flask import current_app
from procrastinate import JobContext, PsycopgConnector, RetryStrategy

from solicit.db import db
from solicit.jobs.service import queue

log = logging.getLogger(__name__)

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


@queue.periodic(cron="* * * * *")
@queue.task(name="jobs.rescue_stalled", queueing_lock="jobs.rescue_stalled", pass_context=True)
async def rescue_stalled(context: JobContext, timestamp: int) -> None:
    """Give the jobs of dead workers back to the queue: the library does not by itself."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        log.warning("Job %s (%s) stalled and is queued again", job.id, job.task_name)
        await manager.retry_job(job)


def run_worker(app, *, database_url: str, wait: bool = True) -> None:
    """Work off the queue in this process, until it is stopped, or until nothing is left to do."""
    conninfo = database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    connector = PsycopgConnector(conninfo=conninfo)
    with app.app_context():
        queue.perform_import_paths()
        queue.with_connector(connector).run_worker(wait=wait, install_signal_handlers=wait, delete_jobs="successful")
