"""People who may be invited: proposed ones, what they say of themselves, and accounts that may be one person."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from solicit.db import PERSONAL, WITHHELD, Base
from solicit.invitations.states import DoubleBasis, DoubleState, Gender, NominationSource, Wish


class Nomination(Base):
    """A person proposed without a ranked question; a candidate only after their own consent.

    Several people may propose one person, each with a statement of their own, and none learns of the others.
    """

    __tablename__ = "nomination"
    __table_args__ = (
        sa.UniqueConstraint("call_id", "person_id", "proposed_by_id"),
        sa.CheckConstraint("consented_at IS NULL OR declined_at IS NULL", name="one_answer"),
        sa.CheckConstraint("(source = 'panel') = (panel_id IS NOT NULL)", name="panel_iff_source"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    source: Mapped[NominationSource] = mapped_column(default=NominationSource.ORGANIZER)
    # As the proposer wrote it: what an account says is not theirs to know.
    proposed_name: Mapped[str] = mapped_column(default="", info=PERSONAL)
    panel_id: Mapped[int | None] = mapped_column(sa.ForeignKey("panel.id"))
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"))
    statement: Mapped[str] = mapped_column(info=PERSONAL)
    proposed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))
    proposed_at: Mapped[datetime]
    consented_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]


class StatementScore(Base):
    """How well an organizer finds a statement of fit, 0 to 100, read without name and country."""

    __tablename__ = "statement_score"
    __table_args__ = (sa.CheckConstraint("value BETWEEN 0 AND 100", name="value_range"),)

    nomination_id: Mapped[int] = mapped_column(sa.ForeignKey("nomination.id", ondelete="CASCADE"), primary_key=True)
    organizer_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    value: Mapped[int]
    scored_at: Mapped[datetime]


class CandidateWish(Base):
    """What a person wants of a meeting and says of themselves for its quotas; nobody has to say anything."""

    __tablename__ = "candidate_wish"

    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
    wish: Mapped[Wish | None]
    is_young: Mapped[bool] = mapped_column(default=False)
    gender: Mapped[Gender | None] = mapped_column(info=PERSONAL)
    changed_at: Mapped[datetime]


class CandidateDouble(Base):
    """Two accounts that may belong to one person."""

    __tablename__ = "candidate_double"
    __table_args__ = (
        sa.UniqueConstraint("call_id", "first_id", "second_id"),
        sa.CheckConstraint("first_id < second_id", name="in_order"),
        sa.CheckConstraint(
            "state = 'different' OR basis = 'orcid' OR decided_at IS NOT NULL OR state = 'suspected'",
            name="decided_by_a_person",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"))
    first_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    second_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    basis: Mapped[DoubleBasis]
    state: Mapped[DoubleState] = mapped_column(default=DoubleState.SUSPECTED)
    reason: Mapped[str] = mapped_column(default="", info=WITHHELD)
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))
