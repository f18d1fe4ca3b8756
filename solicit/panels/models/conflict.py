"""Conflicts of interest, suspected and confirmed, and what a call suspects."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from solicit.db import IMPERSONAL, PERSONAL, WITHHELD, Base
from solicit.panels.states import ConflictSource, ConflictState


class ConflictOfInterest(Base):
    """A reason why a person may not judge a question; confirmed, it wins over every role."""

    __tablename__ = "conflict_of_interest"
    __table_args__ = (
        sa.UniqueConstraint("question_id", "person_id"),
        sa.CheckConstraint("state <> 'suspected' OR decided_at IS NULL", name="suspected_is_undecided"),
        sa.CheckConstraint("state <> 'dismissed' OR decided_at IS NOT NULL", name="dismissed_is_decided"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    state: Mapped[ConflictState]
    source: Mapped[ConflictSource]
    # Every sign that was found, by the values of ConflictSource; ``source`` is the gravest.
    # They tell who wrote the question.
    signs: Mapped[list] = mapped_column(sa.ARRAY(sa.Text), default=list, info=WITHHELD)
    reason: Mapped[str] = mapped_column(default="", info=PERSONAL)
    created_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str] = mapped_column(default="", info=IMPERSONAL)


class ConflictPolicy(Base):
    """Which signs of a conflict a call looks for; without a row, all but the country."""

    __tablename__ = "conflict_policy"
    __table_args__ = ({"info": IMPERSONAL},)

    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"), primary_key=True)
    co_authors: Mapped[bool] = mapped_column(default=True)
    institutions: Mapped[bool] = mapped_column(default=True)
    groups: Mapped[bool] = mapped_column(default=True)
    countries: Mapped[bool] = mapped_column(default=False)
