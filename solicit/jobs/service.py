"""Deferring work in the caller's transaction, and the progress of long jobs."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from solicit.db import violated_constraint
from solicit.errors import Conflict, NotFound, check_move
from solicit.jobs.models import Job, JobNote
from solicit.jobs.states import AGAIN, MOVES, JobState
from solicit.words import N_

# Never opened: every job is written on the connection of the session that defers it.
deferrer = App(connector=SyncPsycopgConnector())

JOBS_PER_STATEMENT = 1_000
# Who starts a job again acts in their own name.
ACTORS = frozenset({"actor_id", "organizer_id", "proposer_id"})
# A job that people watch goes before the small ones that nobody waits for.
WATCHED = 1
# Whoever waited longer has left the page.
PATIENCE = timedelta(minutes=1)


def defer(
    session: Session, task: str, *, queueing_lock: str | None = None, priority: int = 0, **arguments: object
) -> None:
    """Write a job for the task called ``task``: it exists exactly if this transaction commits.

    With a ``queueing_lock`` a job that already waits under the same lock is enough.
    """
    savepoint = session.begin_nested()
    # Asked for inside the savepoint: the session would set it too late for the driver's own connection.
    connection = session.connection().connection.driver_connection
    options = dict(queueing_lock=queueing_lock, priority=priority, connection=connection)
    job = deferrer.configure_task(task, allow_unknown=True, **options)
    try:
        job.defer(**arguments)
    except AlreadyEnqueued:
        savepoint.rollback()
    else:
        savepoint.commit()


def defer_all(session: Session, task: str, arguments: Sequence[dict]) -> None:
    """Write one job for each of ``arguments``, with as few statements as the queue needs."""
    connection = session.connection().connection.driver_connection
    job = deferrer.configure_task(task, allow_unknown=True, connection=connection)
    for start in range(0, len(arguments), JOBS_PER_STATEMENT):
        job.batch_defer(*arguments[start : start + JOBS_PER_STATEMENT])


def start_job(
    session: Session,
    *,
    kind: str,
    call_id: int,
    task: str,
    n_steps: int,
    started_by_id: int | None,
    now: datetime,
    **arguments: object,
) -> int:
    """Write a long job and its work; raises Conflict while one of this kind waits or runs."""
    job = Job(
        kind=kind,
        task=task,
        arguments=arguments,
        call_id=call_id,
        n_steps=n_steps,
        started_by_id=started_by_id,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(job)
            session.flush()
    except IntegrityError as error:
        if violated_constraint(error) == "uq_job_kind_waiting":
            raise Conflict(N_("A job of this kind is already waiting or running.")) from None
        raise
    defer(session, task, priority=WATCHED, job_id=job.id, **arguments)
    return job.id


def start_again(session: Session, *, job_id: int, actor_id: int, now: datetime) -> int:
    """Start a new job like one that failed or was stopped, in the name of who asks for it."""
    old = _locked(session, job_id)
    if old.state not in AGAIN:
        raise Conflict(N_("Only a job that failed or was stopped can be started again."))
    own = dict.fromkeys(ACTORS & old.arguments.keys(), actor_id)
    return start_job(
        session,
        kind=old.kind,
        call_id=old.call_id,
        task=old.task,
        n_steps=old.n_steps,
        started_by_id=actor_id,
        now=now,
        **old.arguments | own,
    )


def begin_job(session: Session, *, job_id: int, now: datetime) -> bool:
    """Take a job up; False if it is over already, so that a repeated task does nothing."""
    job = _locked(session, job_id)
    if not MOVES[job.state]:
        return False
    check_move(MOVES, job.state, JobState.RUNNING)
    job.state, job.started_at = JobState.RUNNING, job.started_at or now
    session.flush()
    return True


def report_step(session: Session, *, job_id: int, step: int, doing: str, n_done: int = 0, n_total: int = 0) -> bool:
    """Show how far a job is, and within its step; False when a person asked it to stop."""
    job = _locked(session, job_id)
    job.step, job.doing, job.n_done, job.n_total = step, doing, n_done, n_total
    session.flush()
    return job.state is JobState.RUNNING


def add_note(session: Session, *, job_id: int, text: str, params: dict, now: datetime) -> None:
    """Write a line into the log of a job; ``params`` are JSON values for the sentence."""
    session.add(JobNote(job_id=job_id, text=text, params=params, noted_at=now))
    session.flush()


def finish_job(session: Session, *, job_id: int, now: datetime, result_path: str = "", problem: str = "") -> None:
    """Mark a job as done, or as failed with a problem in words; a person who waited long gets a letter."""
    job = _locked(session, job_id)
    state = JobState.FAILED if problem else JobState.DONE
    check_move(MOVES, job.state, state)
    job.state, job.finished_at, job.result_path, job.problem = state, now, result_path, problem
    job.step = job.step if problem else job.n_steps
    session.flush()
    if job.started_by_id is not None and now - job.created_at > PATIENCE:
        defer(session, "jobs.tell_starter", job_id=job.id)


def stop_job(session: Session, *, job_id: int, now: datetime) -> None:
    """Ask a job to stop; it ends before its next step."""
    job = _locked(session, job_id)
    check_move(MOVES, job.state, JobState.STOPPED)
    job.state, job.finished_at = JobState.STOPPED, now
    session.flush()


def _locked(session: Session, job_id: int) -> Job:
    job = session.scalar(sa.select(Job).where(Job.id == job_id).with_for_update())
    if job is None:
        raise NotFound
    return job
