"""Rounds of panel work: what is judged, by which criteria, and who is asked to judge what."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from solicit.calls.states import Kind
from solicit.db import IMPERSONAL, PERSONAL, WITHHELD, Base
from solicit.panels.states import Activity, AssignmentState, Pick, ProposalState, RoundState


class Round(Base):
    """One round of a kind: scoring, or what follows a scoring round: comparing, ballots, discussion, scoring again.

    A round that follows another belongs to its series; a ranking is computed from a whole series.
    """

    __tablename__ = "round"
    __table_args__ = (
        sa.CheckConstraint("opens_at < closes_at", name="opens_before_close"),
        sa.CheckConstraint("reviews_per_question >= 1", name="reviews_positive"),
        sa.CheckConstraint("activity = 'scoring' OR follows_id IS NOT NULL", name="scoring_comes_first"),
        sa.CheckConstraint("NOT is_staged OR activity = 'scoring'", name="only_scoring_is_staged"),
        sa.CheckConstraint("stage BETWEEN 0 AND 3", name="stage_range"),
        sa.CheckConstraint("home_share BETWEEN 0 AND 1", name="home_share_range"),
        {"info": IMPERSONAL},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"), index=True)
    # Set where a chair runs the round of one panel; otherwise organizers run it.
    panel_id: Mapped[int | None] = mapped_column(sa.ForeignKey("panel.id"), index=True)
    # The scoring round that a later one builds on: always the first of its series.
    follows_id: Mapped[int | None] = mapped_column(sa.ForeignKey("round.id"), index=True)
    activity: Mapped[Activity] = mapped_column(default=Activity.SCORING)
    kind: Mapped[Kind]
    name: Mapped[str]
    instruction: Mapped[str] = mapped_column(default="")
    state: Mapped[RoundState] = mapped_column(default=RoundState.DRAFT)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    # Empty: every theme of the call.
    theme_ids: Mapped[list] = mapped_column(sa.ARRAY(sa.BigInteger), default=list)
    reviews_per_question: Mapped[int] = mapped_column(default=3)
    is_staged: Mapped[bool] = mapped_column(default=False)
    stage: Mapped[int] = mapped_column(default=0)
    home_share: Mapped[float] = mapped_column(default=0.5)
    most_per_region: Mapped[int | None]
    most_per_institution: Mapped[int | None]
    pairs_per_panelist: Mapped[int] = mapped_column(default=60)
    publishes_ratings: Mapped[bool] = mapped_column(default=False)
    seed: Mapped[int] = mapped_column(sa.BigInteger)
    created_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    # Since when whoever runs the round lets its questions be merged and reworded while it is open.
    merging_agreed_at: Mapped[datetime | None]


class RoundQuestion(Base):
    """A question that a later round is about; the first round of a series is about its themes."""

    __tablename__ = "round_question"
    __table_args__ = ({"info": IMPERSONAL},)

    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), primary_key=True, index=True)
    pick: Mapped[Pick]


class Recall(Base):
    """A panelist's wish, with a reason, to bring back a question that the stages set aside; two bring it back."""

    __tablename__ = "recall"

    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    reason: Mapped[str] = mapped_column(info=PERSONAL)
    recalled_at: Mapped[datetime]


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


class AssignmentProposal(Base):
    """Who would be asked what: computed, read by a person, then deployed or discarded."""

    __tablename__ = "assignment_proposal"
    __table_args__ = (
        sa.CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided_iff_time"),
        sa.Index(
            "uq_assignment_proposal_waiting",
            "round_id",
            unique=True,
            postgresql_where=sa.text("state = 'proposed'"),
        ),
        {"info": IMPERSONAL},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"), index=True)
    state: Mapped[ProposalState] = mapped_column(default=ProposalState.PROPOSED)
    stage: Mapped[int] = mapped_column(default=0)
    seed: Mapped[int] = mapped_column(sa.BigInteger)
    parameters: Mapped[dict] = mapped_column(JSONB)
    versions: Mapped[dict] = mapped_column(JSONB)
    # Numbers for the page: loads, floors, shares, and what stands in the way.
    summary: Mapped[dict] = mapped_column(JSONB)
    input_digest: Mapped[bytes]
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))


class ProposedPair(Base):
    """One question for one panelist in a proposal."""

    __tablename__ = "proposed_pair"

    proposal_id: Mapped[int] = mapped_column(
        sa.ForeignKey("assignment_proposal.id", ondelete="CASCADE"), primary_key=True
    )
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    panel_id: Mapped[int] = mapped_column(sa.ForeignKey("panel.id"))
    affinity: Mapped[float]
    is_random: Mapped[bool] = mapped_column(default=False, info=WITHHELD)


class Assignment(Base):
    """One question that one panelist is asked to review in one round."""

    __tablename__ = "assignment"
    __table_args__ = (
        sa.UniqueConstraint("round_id", "question_id", "person_id"),
        sa.CheckConstraint("(state = 'abstained') = (abstain_reason <> '')", name="abstained_iff_reason"),
        sa.Index("ix_assignment_queue", "person_id", "round_id", "state"),
        sa.Index("ix_assignment_panel", "round_id", "panel_id", "state", postgresql_include=["changed_at"]),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"))
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), index=True)
    panel_id: Mapped[int] = mapped_column(sa.ForeignKey("panel.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    state: Mapped[AssignmentState] = mapped_column(default=AssignmentState.ASSIGNED)
    abstain_reason: Mapped[str] = mapped_column(default="", info=PERSONAL)
    affinity: Mapped[float]
    stage: Mapped[int] = mapped_column(default=0)
    # One in ten of a later stage, so that what the stages set aside is checked.
    is_random: Mapped[bool] = mapped_column(default=False, info=WITHHELD)
    queue_order: Mapped[int]
    assigned_at: Mapped[datetime]
    skipped_at: Mapped[datetime | None]
    changed_at: Mapped[datetime | None]


class RoundReminder(Base):
    """That a panelist was reminded of a round this many days before its close."""

    __tablename__ = "round_reminder"

    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    days_before: Mapped[int] = mapped_column(primary_key=True)
    reminded_at: Mapped[datetime]
