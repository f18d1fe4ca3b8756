"""What people sent: their own text, its versions, and, sealed apart, who they are."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from solicit.calls.states import Kind
from solicit.db import Base
from solicit.people.states import Career
from solicit.submissions.states import Source, SubmissionState


class Submission(Base):
    """What one person sent. Nobody else edits it; every sent wording is kept as a version."""

    __tablename__ = "submission"
    __table_args__ = (
        sa.CheckConstraint("(state = 'draft') = (sent_at IS NULL)", name="sent_unless_draft"),
        sa.CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_iff_time"),
        sa.CheckConstraint(
            "state = 'draft' OR source = 'import' OR (consented_at IS NOT NULL AND theme_id IS NOT NULL)",
            name="sent_is_complete",
        ),
        sa.Index("ix_submission_call_state", "call_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"))
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"))
    submitter_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"), index=True)
    kind: Mapped[Kind]
    state: Mapped[SubmissionState] = mapped_column(default=SubmissionState.DRAFT)
    source: Mapped[Source] = mapped_column(default=Source.PERSON)
    origin: Mapped[str] = mapped_column(default="")
    language: Mapped[str]
    title: Mapped[str]
    goal_overview: Mapped[str] = mapped_column(default="")
    significance: Mapped[str] = mapped_column(default="")
    approach: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    idempotency_key: Mapped[UUID | None] = mapped_column(unique=True)
    terms_version: Mapped[str] = mapped_column(default="")
    consented_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class SubmissionVersion(Base):
    """One wording of a submission, as it was sent or edited."""

    __tablename__ = "submission_version"

    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"))
    language: Mapped[str]
    title: Mapped[str]
    goal_overview: Mapped[str]
    significance: Mapped[str]
    approach: Mapped[str]
    saved_at: Mapped[datetime]


class Authorship(Base):
    """Who wrote a submission, as they were when they sent it; panels never read this table."""

    __tablename__ = "authorship"
    __table_args__ = (sa.UniqueConstraint("submission_id", "position"),)

    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=1)
    full_name: Mapped[str]
    affiliation: Mapped[str] = mapped_column(default="")
    country: Mapped[str | None]
    career: Mapped[Career | None]
    is_willing: Mapped[bool] = mapped_column(default=False)
    confirmed_at: Mapped[datetime | None]
