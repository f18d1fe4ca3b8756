"""Panels, rounds, assignments, reviews and conflicts of interest."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from solicit.calls.states import Kind
from solicit.db import IMPERSONAL, PERSONAL, Base
from solicit.panels.states import AssignmentState, Confidence, ConflictSource, ConflictState, RoundState


class Panel(Base):
    """A group of experts for one theme of a call, or for all of them."""

    __tablename__ = "panel"
    __table_args__ = (sa.UniqueConstraint("call_id", "name"), {"info": IMPERSONAL})

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"))
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"))
    name: Mapped[str]


class Panelist(Base):
    """A person's seat on a panel: what they know, read and can carry. The right itself is a role grant."""

    __tablename__ = "panelist"
    __table_args__ = (sa.CheckConstraint("0 <= min_load AND min_load <= max_load", name="loads_in_order"),)

    panel_id: Mapped[int] = mapped_column(sa.ForeignKey("panel.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
    keywords: Mapped[list] = mapped_column(sa.ARRAY(sa.Text), default=list, info=PERSONAL)
    languages: Mapped[list] = mapped_column(sa.ARRAY(sa.Text), default=lambda: ["en"], info=PERSONAL)
    min_load: Mapped[int] = mapped_column(default=0)
    max_load: Mapped[int] = mapped_column(default=40)
    statement_accepted_at: Mapped[datetime | None]


class Round(Base):
    """One round of scoring: a kind, its criteria and its dates, fixed before it opens."""

    __tablename__ = "round"
    __table_args__ = (
        sa.CheckConstraint("opens_at < closes_at", name="opens_before_close"),
        sa.CheckConstraint("reviews_per_question >= 1", name="reviews_positive"),
        {"info": IMPERSONAL},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"), index=True)
    kind: Mapped[Kind]
    name: Mapped[str]
    state: Mapped[RoundState] = mapped_column(default=RoundState.DRAFT)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    reviews_per_question: Mapped[int] = mapped_column(default=3)
    seed: Mapped[int] = mapped_column(sa.BigInteger)
    created_at: Mapped[datetime]


class Criterion(Base):
    """One thing that panelists score from 1 to 5, with its weight and anchored ends."""

    __tablename__ = "criterion"
    __table_args__ = (
        sa.UniqueConstraint("round_id", "key"),
        sa.CheckConstraint("weight > 0", name="weight_positive"),
        {"info": IMPERSONAL},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"))
    key: Mapped[str]
    position: Mapped[int]
    name: Mapped[str]
    question: Mapped[str]
    low: Mapped[str]
    high: Mapped[str]
    weight: Mapped[int]


class ConflictOfInterest(Base):
    """A reason why a person may not judge a question; it wins over every role."""

    __tablename__ = "conflict_of_interest"
    __table_args__ = (sa.UniqueConstraint("question_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    state: Mapped[ConflictState]
    source: Mapped[ConflictSource]
    reason: Mapped[str] = mapped_column(default="", info=PERSONAL)
    created_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))


class Assignment(Base):
    """One question that one panelist is asked to review in one round."""

    __tablename__ = "assignment"
    __table_args__ = (
        sa.UniqueConstraint("round_id", "question_id", "person_id"),
        sa.CheckConstraint("(state = 'abstained') = (abstain_reason <> '')", name="abstained_iff_reason"),
        sa.Index("ix_assignment_queue", "person_id", "round_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"))
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), index=True)
    panel_id: Mapped[int] = mapped_column(sa.ForeignKey("panel.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    state: Mapped[AssignmentState] = mapped_column(default=AssignmentState.ASSIGNED)
    abstain_reason: Mapped[str] = mapped_column(default="", info=PERSONAL)
    affinity: Mapped[float]
    queue_order: Mapped[int]
    assigned_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]


class Review(Base):
    """What a panelist says of an assigned question, for the wording it was given for."""

    __tablename__ = "review"

    assignment_id: Mapped[int] = mapped_column(sa.ForeignKey("assignment.id"), primary_key=True)
    confidence: Mapped[Confidence | None]
    comment_to_panel: Mapped[str] = mapped_column(default="", info=PERSONAL)
    comment_to_authors: Mapped[str] = mapped_column(default="", info=PERSONAL)
    text_digest: Mapped[bytes] = mapped_column(info=IMPERSONAL)
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime]


class Score(Base):
    """One score of a review on one criterion."""

    __tablename__ = "score"
    __table_args__ = (sa.CheckConstraint("value BETWEEN 1 AND 5", name="value_range"),)

    assignment_id: Mapped[int] = mapped_column(
        sa.ForeignKey("review.assignment_id", ondelete="CASCADE"), primary_key=True
    )
    criterion_id: Mapped[int] = mapped_column(sa.ForeignKey("criterion.id"), primary_key=True)
    value: Mapped[int]
