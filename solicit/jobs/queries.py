"""What the pages of long jobs show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.jobs.models import Job, JobNote
from solicit.jobs.states import AGAIN, KIND_WORDS, OVER, WORDS
from solicit.people.models import Person
from solicit.web.pagination import Window, page_of
from solicit.words import N_

# Steps take unlike times: what is left is said as a range, and only when there is something to judge by.
LEAST_SHARE = 0.1
LEAST_TIME = timedelta(seconds=10)
SHORTER, LONGER = 0.5, 2.0


@dataclass(frozen=True)
class Note:
    """A line of a job's log."""

    text: str
    params: Mapping[str, object]
    noted_at: datetime


@dataclass(frozen=True)
class JobPage:
    id: int
    kind: str
    kind_word: str
    state: str
    state_word: str
    is_over: bool
    may_start_again: bool
    step: int
    n_steps: int
    n_done: int
    n_total: int
    doing: str
    problem: str
    result_path: str
    started_by: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    notes: tuple[Note, ...] = ()

    @property
    def step_number(self) -> int:
        """The step at work as people count, from 1."""
        return min(self.step + 1, self.n_steps)

    @property
    def share(self) -> float:
        """How much is finished, 0 to 1, as if every step were equally long."""
        within = min(self.n_done / self.n_total, 1) if self.n_total else 0
        return min((self.step + within) / self.n_steps, 1)

    @property
    def took(self) -> timedelta | None:
        """How long it ran, once it is over."""
        return self.finished_at - self.started_at if self.started_at and self.finished_at else None

    def rest(self, now: datetime) -> tuple[timedelta, timedelta] | None:
        """The shortest and the longest time that is likely left; None while nobody can tell."""
        if self.is_over or self.started_at is None:
            return None
        ran = now - self.started_at
        if ran < LEAST_TIME or self.share < LEAST_SHARE:
            return None
        left = ran * ((1 - self.share) / self.share)
        return left * SHORTER, left * LONGER


@dataclass(frozen=True)
class JobProgress:
    """Where a job is that was just taken up, maybe again: all steps before ``step`` are finished."""

    call_id: int
    step: int
    started_at: datetime


def job_subject(session: Session, *, call, job_id: int, **_) -> Subject | None:
    """Facts for the policy: a job belongs to its call, and is owned by who started it."""
    this = Job.id == job_id, Job.call_id == call.id
    found = session.execute(sa.select(Job.call_id, Job.started_by_id).where(*this)).one_or_none()
    return Subject(call_id=found.call_id, owner_ids=frozenset({found.started_by_id})) if found else None


def kind_word(kind: str) -> str:
    """What people call a kind of job."""
    return KIND_WORDS.get(kind, N_("A long job"))


def job_page(session: Session, *, job_id: int) -> JobPage:
    """A job with its log; two statements."""
    notes = session.execute(
        sa.select(JobNote.text, JobNote.params, JobNote.noted_at).where(JobNote.job_id == job_id).order_by(JobNote.id)
    )
    log = tuple(Note(*row) for row in notes)
    (job,) = _pages(session, _jobs().where(Job.id == job_id), log)
    return job


def job_list(session: Session, *, call_id: int, window: Window) -> tuple[JobPage, ...]:
    """The jobs of a call, the newest first; one statement."""
    return _pages(
        session,
        page_of(_jobs().where(Job.call_id == call_id), window, key=Job.id, order=(Job.id.desc(),)),
    )


def n_jobs(session: Session, *, call_id: int) -> int:
    return session.scalars(sa.select(sa.func.count(Job.id)).where(Job.call_id == call_id)).one()


def call_of_job(session: Session, *, job_id: int) -> int:
    """The call that a job works for."""
    return session.scalars(sa.select(Job.call_id).where(Job.id == job_id)).one()


def progress_of_job(session: Session, *, job_id: int) -> JobProgress:
    columns = Job.call_id, Job.step, Job.started_at
    return JobProgress(*session.execute(sa.select(*columns).where(Job.id == job_id)).one())


def unfinished_jobs(session: Session, *, call_id: int) -> tuple[JobPage, ...]:
    """Jobs that wait or run, oldest first."""
    return _pages(session, _jobs().where(Job.call_id == call_id, Job.finished_at.is_(None)).order_by(Job.id))


def _jobs() -> sa.Select:
    # Columns: a job that this session changed or read before is shown as the database has it now.
    return sa.select(*Job.__table__.c, Person.full_name).outerjoin(Person, Person.id == Job.started_by_id)


def _pages(session: Session, jobs: sa.Select, notes: tuple[Note, ...] = ()) -> tuple[JobPage, ...]:
    return tuple(_page(row, notes) for row in session.execute(jobs))


def _page(job: sa.Row, notes: tuple[Note, ...]) -> JobPage:
    return JobPage(
        id=job.id,
        kind=job.kind,
        kind_word=kind_word(job.kind),
        state=job.state.value,
        state_word=WORDS[job.state],
        is_over=job.state in OVER,
        may_start_again=job.state in AGAIN,
        step=job.step,
        n_steps=job.n_steps,
        n_done=job.n_done,
        n_total=job.n_total,
        doing=job.doing,
        problem=job.problem,
        result_path=job.result_path,
        started_by=job.full_name,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        notes=notes,
    )
