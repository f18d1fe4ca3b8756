"""Candidates, what inviting them costs, and the selections made among them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from solicit.db import IMPERSONAL, PERSONAL, WITHHELD, Base
from solicit.invitations.states import Basis, InvitationState, Outcome, QuotaField, Rule, SelectionState
from solicit.people.states import Career


class Nomination(Base):
    """A person proposed without a ranked question; a candidate only after their own consent."""

    __tablename__ = "nomination"
    __table_args__ = (sa.UniqueConstraint("call_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"))
    statement: Mapped[str] = mapped_column(info=PERSONAL)
    proposed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))
    proposed_at: Mapped[datetime]
    consented_at: Mapped[datetime | None]


class StatementScore(Base):
    """How well an organizer finds a statement of fit, 0 to 100, read without name and country."""

    __tablename__ = "statement_score"
    __table_args__ = (sa.CheckConstraint("value BETWEEN 0 AND 100", name="value_range"),)

    nomination_id: Mapped[int] = mapped_column(sa.ForeignKey("nomination.id", ondelete="CASCADE"), primary_key=True)
    organizer_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    value: Mapped[int]
    scored_at: Mapped[datetime]


class TravelCost(Base):
    """What it costs to bring one person from a subregion to the meeting of a call."""

    __tablename__ = "travel_cost"
    __table_args__ = (sa.CheckConstraint("amount_cents >= 0", name="amount_not_negative"), {"info": IMPERSONAL})

    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"), primary_key=True)
    subregion: Mapped[str] = mapped_column(primary_key=True)
    amount_cents: Mapped[int]


class Selection(Base):
    """One solved choice of invitees under seats, budget and quotas, stored with its proof."""

    __tablename__ = "selection"
    __table_args__ = (
        sa.CheckConstraint("(state = 'approved') = (approved_at IS NOT NULL)", name="approved_iff_time"),
        sa.CheckConstraint("approved_by_id <> proposed_by_id", name="approved_by_another"),
        sa.CheckConstraint("seats >= 1 AND budget_cents >= 0 AND stay_cents >= 0", name="limits_sensible"),
        sa.CheckConstraint("nights >= 1", name="nights_positive"),
        sa.Index("uq_selection_approved", "call_id", unique=True, postgresql_where="state = 'approved'"),
        {"info": IMPERSONAL},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"), index=True)
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("ranking_run.id"))
    state: Mapped[SelectionState] = mapped_column(default=SelectionState.PROPOSED)
    seats: Mapped[int]
    budget_cents: Mapped[int] = mapped_column(sa.BigInteger)
    stay_cents: Mapped[int]
    nights: Mapped[int]
    currency: Mapped[str] = mapped_column(default="USD")
    salt: Mapped[str]
    input_digest: Mapped[bytes]
    versions: Mapped[dict] = mapped_column(JSONB)
    outcome: Mapped[Outcome]
    is_proven: Mapped[bool]
    merit_total: Mapped[int]
    coverage_total: Mapped[int]
    cost_total_cents: Mapped[int] = mapped_column(sa.BigInteger)
    explanation: Mapped[dict] = mapped_column(JSONB, default=dict)
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))


class SelectionQuota(Base):
    """At least and at most so many invitees of a kind; without a price the quota is hard."""

    __tablename__ = "selection_quota"
    __table_args__ = (
        sa.CheckConstraint("0 <= minimum AND minimum <= maximum", name="minimum_below_maximum"),
        {"info": IMPERSONAL},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    selection_id: Mapped[int] = mapped_column(sa.ForeignKey("selection.id", ondelete="CASCADE"), index=True)
    field: Mapped[QuotaField]
    value: Mapped[str]
    minimum: Mapped[int]
    maximum: Mapped[int]
    price: Mapped[int | None]


class SelectionCandidate(Base):
    """One candidate as the selection saw them, chosen or not, and why."""

    __tablename__ = "selection_candidate"
    __table_args__ = (sa.CheckConstraint("(rule = 'none') = (rule_reason = '')", name="rule_iff_reason"),)

    selection_id: Mapped[int] = mapped_column(sa.ForeignKey("selection.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
    merit: Mapped[int]
    basis: Mapped[Basis]
    cost_cents: Mapped[int]
    country: Mapped[str | None] = mapped_column(info=PERSONAL)
    region: Mapped[str] = mapped_column(info=PERSONAL)
    career: Mapped[Career | None] = mapped_column(info=PERSONAL)
    question_ids: Mapped[list] = mapped_column(sa.ARRAY(sa.BigInteger), info=WITHHELD)
    theme_keys: Mapped[list] = mapped_column(sa.ARRAY(sa.Text), info=WITHHELD)
    rule: Mapped[Rule] = mapped_column(default=Rule.NONE, info=WITHHELD)
    rule_reason: Mapped[str] = mapped_column(default="", info=WITHHELD)
    is_chosen: Mapped[bool]
    why: Mapped[dict] = mapped_column(JSONB, default=dict, info=WITHHELD)


class Invitation(Base):
    """An invitation that follows from an approved selection."""

    __tablename__ = "invitation"
    __table_args__ = (sa.UniqueConstraint("call_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"))
    selection_id: Mapped[int] = mapped_column(sa.ForeignKey("selection.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    state: Mapped[InvitationState] = mapped_column(default=InvitationState.SELECTED)
    cost_cents: Mapped[int]
    changed_at: Mapped[datetime]
