"""Selections: solved choices of invitees, each candidate as it saw them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from solicit.db import IMPERSONAL, PERSONAL, WITHHELD, Base
from solicit.invitations.states import Attendance, Basis, Gender, Outcome, Purpose, Rule, SelectionState
from solicit.people.states import Career


class Selection(Base):
    """One solved choice of invitees under a set of limits, stored with its proof."""

    __tablename__ = "selection"
    __table_args__ = (
        sa.CheckConstraint("(state = 'proposed') = (approved_at IS NULL)", name="approved_iff_time"),
        sa.CheckConstraint("approved_by_id <> proposed_by_id", name="approved_by_another"),
        sa.CheckConstraint("(purpose = 'replacement') = (replaces_id IS NOT NULL)", name="replacement_iff_replaces"),
        sa.Index("uq_selection_approved", "call_id", unique=True, postgresql_where=sa.text("state = 'approved'")),
        {"info": IMPERSONAL},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"), index=True)
    limit_set_id: Mapped[int] = mapped_column(sa.ForeignKey("limit_set.id"), index=True)
    purpose: Mapped[Purpose] = mapped_column(default=Purpose.FIRST)
    # The approved selection that this one would take the place of.
    replaces_id: Mapped[int | None] = mapped_column(sa.ForeignKey("selection.id"))
    name: Mapped[str] = mapped_column(default="")
    state: Mapped[SelectionState] = mapped_column(default=SelectionState.PROPOSED)
    # What people cost when it was made: the tables of the call, as they were.
    cost_rates: Mapped[dict] = mapped_column(JSONB)
    currency: Mapped[str] = mapped_column(default="USD")
    # The questions that a selection covers or leaves: number, ranking, value.
    questions: Mapped[list] = mapped_column(JSONB, default=list)
    salt: Mapped[str]
    input_digest: Mapped[bytes]
    # Selections of before there was one have none.
    result_digest: Mapped[bytes | None]
    versions: Mapped[dict] = mapped_column(JSONB)
    outcome: Mapped[Outcome]
    is_proven: Mapped[bool]
    gap: Mapped[float] = mapped_column(default=0.0)
    merit_total: Mapped[int]
    coverage_total: Mapped[int]
    cost_total_cents: Mapped[int] = mapped_column(sa.BigInteger)
    explanation: Mapped[dict] = mapped_column(JSONB, default=dict)
    # When the reasons were complete; they are worked out after the selection itself.
    explained_at: Mapped[datetime | None]
    n_draws: Mapped[int] = mapped_column(default=0)
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))


class SelectionCandidate(Base):
    """One candidate as the selection saw them, chosen or not, and why."""

    __tablename__ = "selection_candidate"
    __table_args__ = (
        sa.CheckConstraint("(rule IN ('always', 'never')) = (rule_reason <> '')", name="rule_iff_reason"),
        sa.CheckConstraint("draw_share BETWEEN 0 AND 1", name="draw_share_range"),
        sa.CheckConstraint("reserve_place IS NULL OR NOT is_chosen", name="reserve_is_left_out"),
    )

    selection_id: Mapped[int] = mapped_column(sa.ForeignKey("selection.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
    # Their other accounts, which are counted here.
    also_ids: Mapped[list] = mapped_column(sa.ARRAY(sa.BigInteger), default=list, info=WITHHELD)
    merit: Mapped[int]
    basis: Mapped[Basis]
    attendance: Mapped[Attendance] = mapped_column(default=Attendance.IN_PERSON)
    cost_cents: Mapped[int]
    country: Mapped[str | None] = mapped_column(info=PERSONAL)
    region: Mapped[str] = mapped_column(info=PERSONAL)
    institution: Mapped[str] = mapped_column(default="", info=PERSONAL)
    career: Mapped[Career | None] = mapped_column(info=PERSONAL)
    is_young: Mapped[bool] = mapped_column(default=False)
    gender: Mapped[Gender | None] = mapped_column(info=PERSONAL)
    question_ids: Mapped[list] = mapped_column(sa.ARRAY(sa.BigInteger), info=WITHHELD)
    # Among how many authors each of these is shared.
    n_authors: Mapped[list] = mapped_column(sa.ARRAY(sa.BigInteger), default=list, info=WITHHELD)
    theme_keys: Mapped[list] = mapped_column(sa.ARRAY(sa.Text), info=WITHHELD)
    topic_ids: Mapped[list] = mapped_column(sa.ARRAY(sa.BigInteger), default=list, info=WITHHELD)
    rule: Mapped[Rule] = mapped_column(default=Rule.NONE, info=WITHHELD)
    rule_reason: Mapped[str] = mapped_column(default="", info=WITHHELD)
    # A replacement keeps whom the selection before it had chosen, where the limits allow it.
    is_kept: Mapped[bool] = mapped_column(default=False)
    is_chosen: Mapped[bool]
    # In which share of the ranking's draws they would be chosen.
    draw_share: Mapped[float | None]
    reserve_place: Mapped[int | None]
    why: Mapped[dict] = mapped_column(JSONB, default=dict, info=WITHHELD)
