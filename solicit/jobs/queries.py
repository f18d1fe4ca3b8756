"""What the jobs page shows."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.jobs.models import Job
from solicit.jobs.states import KIND_WORDS, WORDS, JobState
from solicit.words import N_


@dataclass(frozen=True)
class JobPage:
    id: int
    kind: str
    kind_word: str
    state: str
    state_word: str
    is_over: bool
    step: int
    n_steps: int
    doing: str
    problem: str
    result_path: str
    created_at: datetime
    finished_at: datetime | None


def job_subject(session: Session, *, call, job_id: int, **_) -> Subject | None:
    """Facts for the policy: a job belongs to its call."""
    found = session.scalar(sa.select(Job.call_id).where(Job.id == job_id, Job.call_id == call.id))
    return Subject(call_id=found) if found else None


def job_page(session: Session, *, job_id: int) -> JobPage:
    return _page(session.get_one(Job, job_id, populate_existing=True))


def call_of_job(session: Session, *, job_id: int) -> int:
    """The call that a job works for."""
    return session.scalars(sa.select(Job.call_id).where(Job.id == job_id)).one()


def step_of_job(session: Session, *, job_id: int) -> int:
    """The step that a job has come to: 0, or more for one that is taken up again."""
    return session.scalars(sa.select(Job.step).where(Job.id == job_id)).one()


def unfinished_jobs(session: Session, *, call_id: int) -> tuple[JobPage, ...]:
    """Jobs that wait or run, oldest first."""
    waiting = sa.select(Job).where(Job.call_id == call_id, Job.finished_at.is_(None)).order_by(Job.id)
    return tuple(_page(job) for job in session.scalars(waiting))


def _page(job: Job) -> JobPage:
    return JobPage(
        id=job.id,
        kind=job.kind,
        kind_word=KIND_WORDS.get(job.kind, N_("A long job")),
        state=job.state.value,
        state_word=WORDS[job.state],
        is_over=job.state not in (JobState.QUEUED, JobState.RUNNING),
        step=job.step,
        n_steps=job.n_steps,
        doing=job.doing,
        problem=job.problem,
        result_path=job.result_path,
        created_at=job.created_at,
        finished_at=job.finished_at,
    )
