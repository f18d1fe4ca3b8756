"""What people sent: their own text, its versions, and, sealed apart, who they are."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from solicit.calls.states import Kind
from solicit.db import IMPERSONAL, PERSONAL, WITHHELD, Base
from solicit.people.states import Career
from solicit.submissions.states import CoAuthorState, ImportState, Source, SubmissionState


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
        sa.CheckConstraint("plan IS NULL OR kind = 'plan'", name="plan_is_a_plan"),
        sa.UniqueConstraint("call_id", "external_id"),
        # With all that is counted of submissions, so that counting reads none of their texts.
        sa.Index("ix_submission_call_state", "call_id", "state", postgresql_include=["id", "sent_at", "theme_id"]),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, info=PERSONAL)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"))
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"))
    submitter_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"), index=True)
    kind: Mapped[Kind]
    state: Mapped[SubmissionState] = mapped_column(default=SubmissionState.DRAFT)
    source: Mapped[Source] = mapped_column(default=Source.PERSON)
    origin: Mapped[str] = mapped_column(default="", info=IMPERSONAL)
    language: Mapped[str] = mapped_column(info=PERSONAL)
    title: Mapped[str] = mapped_column(info=PERSONAL)
    goal_overview: Mapped[str] = mapped_column(default="", info=PERSONAL)
    significance: Mapped[str] = mapped_column(default="", info=PERSONAL)
    approach: Mapped[str] = mapped_column(default="", info=PERSONAL)
    plan: Mapped[dict | None] = mapped_column(JSONB(none_as_null=True), info=PERSONAL)
    version: Mapped[int] = mapped_column(default=1)
    idempotency_key: Mapped[UUID | None] = mapped_column(unique=True, info=WITHHELD)
    external_id: Mapped[str | None] = mapped_column(info=IMPERSONAL)
    batch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("import_batch.id", ondelete="SET NULL"), index=True)
    terms_version: Mapped[str] = mapped_column(default="", info=PERSONAL)
    licence: Mapped[str] = mapped_column(default="", info=PERSONAL)
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
    language: Mapped[str] = mapped_column(info=PERSONAL)
    title: Mapped[str] = mapped_column(info=PERSONAL)
    goal_overview: Mapped[str] = mapped_column(info=PERSONAL)
    significance: Mapped[str] = mapped_column(info=PERSONAL)
    approach: Mapped[str] = mapped_column(info=PERSONAL)
    plan: Mapped[dict | None] = mapped_column(JSONB(none_as_null=True), info=PERSONAL)
    saved_at: Mapped[datetime]


class Authorship(Base):
    """Who wrote a submission, as they were when they sent it; panels never read this table."""

    __tablename__ = "authorship"
    __table_args__ = (
        sa.UniqueConstraint("submission_id", "position"),
        sa.CheckConstraint("NOT (is_minor AND may_be_named)", name="minor_is_not_named"),
        sa.Index("uq_authorship_corresponding", "submission_id", unique=True, postgresql_where="is_corresponding"),
    )

    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=1)
    full_name: Mapped[str] = mapped_column(info=PERSONAL)
    affiliation: Mapped[str] = mapped_column(default="", info=PERSONAL)
    ror: Mapped[str | None] = mapped_column(info=PERSONAL)
    country: Mapped[str | None] = mapped_column(info=PERSONAL)
    career: Mapped[Career | None] = mapped_column(info=PERSONAL)
    orcid: Mapped[str | None] = mapped_column(info=PERSONAL)
    is_corresponding: Mapped[bool] = mapped_column(default=False)
    is_willing: Mapped[bool] = mapped_column(default=False)
    may_be_named: Mapped[bool] = mapped_column(default=False)
    is_minor: Mapped[bool] = mapped_column(default=False)
    confirmed_at: Mapped[datetime | None]


class Draft(Base):
    """What is known of a submission only until it is sent: who may open it, and what its author typed of themselves.

    ``key_hash`` is of the key of this draft alone, in the cookie of the browser that began it. ``version`` grows with
    each save.
    """

    __tablename__ = "draft"
    __table_args__ = (
        sa.CheckConstraint("email = lower(email)", name="email_lower"),
        sa.CheckConstraint("guardian_asked_at IS NULL OR guardian_email IS NOT NULL", name="asked_guardian_has_email"),
        sa.CheckConstraint(
            "guardian_confirmed_at IS NULL OR guardian_asked_at IS NOT NULL", name="confirming_guardian_was_asked"
        ),
    )

    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"), primary_key=True)
    key_hash: Mapped[bytes | None] = mapped_column(index=True, info=WITHHELD)
    email: Mapped[str | None] = mapped_column(index=True, info=PERSONAL)
    locale: Mapped[str] = mapped_column(info=PERSONAL)
    author: Mapped[dict] = mapped_column(JSONB, default=dict, info=PERSONAL)
    link_nonce: Mapped[str] = mapped_column(info=WITHHELD)
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime] = mapped_column(index=True)
    reminded_at: Mapped[datetime | None]
    guardian_email: Mapped[str | None] = mapped_column(info=PERSONAL)
    guardian_nonce: Mapped[str | None] = mapped_column(info=WITHHELD)
    guardian_asked_at: Mapped[datetime | None]
    guardian_confirmed_at: Mapped[datetime | None]


class CoAuthor(Base):
    """Somebody a submitter named as co-author; shown to nobody else before they agree, and never from here."""

    __tablename__ = "co_author"
    __table_args__ = (
        sa.UniqueConstraint("submission_id", "email"),
        sa.CheckConstraint("email = lower(email)", name="email_lower"),
        sa.CheckConstraint("(state = 'named') = (invited_at IS NULL)", name="invited_unless_named"),
        sa.CheckConstraint("(state IN ('accepted', 'declined')) = (answered_at IS NOT NULL)", name="answered_iff_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(index=True, info=PERSONAL)
    full_name: Mapped[str] = mapped_column(default="", info=PERSONAL)
    state: Mapped[CoAuthorState] = mapped_column(default=CoAuthorState.NAMED)
    nonce: Mapped[str] = mapped_column(info=WITHHELD)
    named_at: Mapped[datetime]
    invited_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"), index=True)


class RevisionRequest(Base):
    """What an organizer asked the author of a submission to change; answered by the next version."""

    __tablename__ = "revision_request"
    __table_args__ = (
        sa.Index("uq_revision_request_open", "submission_id", unique=True, postgresql_where="answered_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(info=PERSONAL)
    asked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class ImportBatch(Base):
    """One file of questions between its reading and its import: its rows, how its columns map, and what was found."""

    __tablename__ = "import_batch"
    __table_args__ = (
        sa.CheckConstraint("(state = 'imported') = (imported_at IS NOT NULL)", name="imported_iff_time"),
        {"info": WITHHELD},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"), index=True)
    organizer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))
    state: Mapped[ImportState] = mapped_column(default=ImportState.READ)
    digest: Mapped[bytes]
    columns: Mapped[list] = mapped_column(JSONB)
    rows: Mapped[list] = mapped_column(JSONB)
    mapping: Mapped[dict] = mapped_column(JSONB, default=dict)
    report: Mapped[dict] = mapped_column(JSONB, default=dict)
    read_at: Mapped[datetime]
    imported_at: Mapped[datetime | None]
