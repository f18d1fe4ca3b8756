"""Pairs that look alike, what was learnt from verdicts, groups, and merges."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from solicit.db import IMPERSONAL, Base
from solicit.questions.states import (
    Method,
    QuestionState,
    Verdict,
)


class DuplicatePair(Base):
    """Two questions that look alike, and what a person said of them."""

    __tablename__ = "duplicate_pair"
    __table_args__ = (
        sa.UniqueConstraint("left_id", "right_id"),
        sa.CheckConstraint("left_id < right_id", name="left_before_right"),
        sa.CheckConstraint("(verdict IS NULL) = (decided_at IS NULL)", name="decided_iff_verdict"),
        sa.CheckConstraint("probability BETWEEN 0 AND 1", name="probability_range"),
        sa.Index("ix_duplicate_pair_queue", "call_id", "verdict", "probability"),
        sa.Index(
            "ix_duplicate_pair_place",
            "call_id",
            sa.text("coalesce(place, probability) DESC"),
            "id",
            postgresql_where="verdict IS NULL",
        ),
        {"info": IMPERSONAL},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"))
    left_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"))
    right_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), index=True)
    model_id: Mapped[int] = mapped_column(sa.ForeignKey("embedding_model.id"))
    method: Mapped[Method] = mapped_column(default=Method.MEANING)
    cosine: Mapped[float]
    features: Mapped[dict | None] = mapped_column(JSONB(none_as_null=True))
    probability: Mapped[float]
    # Drawn at random from below the threshold, so that the curve is learnt from both sides of it.
    is_audit: Mapped[bool] = mapped_column(default=False)
    # Where an audit comes in the queue, on the scale of probability; nothing for a suggestion, which has its own.
    place: Mapped[float | None]
    suggested_at: Mapped[datetime]
    verdict: Mapped[Verdict | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))


class DuplicateCurve(Base):
    """How similarity becomes a probability in one call, learnt from its verdicts; the latest one counts."""

    __tablename__ = "duplicate_curve"
    __table_args__ = (sa.Index("ix_duplicate_curve_latest", "call_id", "model_id", "method"), {"info": IMPERSONAL})

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"))
    model_id: Mapped[int] = mapped_column(sa.ForeignKey("embedding_model.id"))
    method: Mapped[Method]
    parameters: Mapped[dict] = mapped_column(JSONB)
    n_verdicts: Mapped[int]
    calibration_error: Mapped[float | None]
    fitted_at: Mapped[datetime]


class DuplicateGroup(Base):
    """The question that another one would join if all suggestions were right; the centre stands for itself."""

    __tablename__ = "duplicate_group"
    __table_args__ = {"info": IMPERSONAL}

    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id", ondelete="CASCADE"), primary_key=True)
    canonical_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id", ondelete="CASCADE"), index=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"), index=True)


class Merge(Base):
    """One merge of a question into another, kept after it was undone."""

    __tablename__ = "merge"
    __table_args__ = (
        sa.CheckConstraint("source_id <> target_id", name="two_questions"),
        sa.Index("uq_merge_standing", "source_id", unique=True, postgresql_where="undone_at IS NULL"),
        {"info": IMPERSONAL},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"))
    target_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), index=True)
    state_before: Mapped[QuestionState]
    submission_ids: Mapped[list] = mapped_column(sa.ARRAY(sa.BigInteger))
    merged_at: Mapped[datetime]
    merged_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))


class SummaryVersion(Base):
    """A wording that organizers gave to what is merged, and why it replaced the one before."""

    __tablename__ = "summary_version"
    __table_args__ = {"info": IMPERSONAL}

    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str]
    title: Mapped[str]
    goal_overview: Mapped[str]
    significance: Mapped[str]
    approach: Mapped[str]
    reason: Mapped[str]
    written_at: Mapped[datetime]
    written_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))
