"""Long jobs that people start and watch. The queue itself is procrastinate's."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from solicit.db import IMPERSONAL, Base
from solicit.jobs.states import JobState


class Job(Base):
    """One long job, with its progress as people see it."""

    __tablename__ = "job"
    __table_args__ = (
        sa.CheckConstraint("step BETWEEN 0 AND n_steps", name="step_in_range"),
        sa.CheckConstraint(
            "(state IN ('done', 'failed', 'stopped')) = (finished_at IS NOT NULL)", name="finished_iff_over"
        ),
        sa.Index(
            "uq_job_kind_waiting", "call_id", "kind", unique=True, postgresql_where="state IN ('queued', 'running')"
        ),
        {"info": IMPERSONAL},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    # What works it off, and with which arguments: enough to start another one like it.
    task: Mapped[str]
    arguments: Mapped[dict] = mapped_column(JSONB, default=dict)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"))
    state: Mapped[JobState] = mapped_column(default=JobState.QUEUED)
    # Counted from 0: so many steps are finished.
    step: Mapped[int] = mapped_column(default=0)
    n_steps: Mapped[int] = mapped_column(default=1)
    doing: Mapped[str] = mapped_column(default="")
    # Within the step: how many of how many; 0 of 0 where it cannot be counted.
    n_done: Mapped[int] = mapped_column(default=0)
    n_total: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(default="")
    result_path: Mapped[str] = mapped_column(default="")
    started_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class JobNote(Base):
    """One line of a job's log: a sentence, and the numbers in it."""

    __tablename__ = "job_note"
    __table_args__ = {"info": IMPERSONAL}

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(sa.ForeignKey("job.id", ondelete="CASCADE"), index=True)
    text: Mapped[str]
    params: Mapped[dict] = mapped_column(JSONB, default=dict)
    noted_at: Mapped[datetime]
