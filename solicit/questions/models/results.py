"""What follows when results are there: which mission could answer what, and a second look at a decision."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from solicit.db import IMPERSONAL, PERSONAL, Base
from solicit.questions.states import MissionVerdict, SecondLookState


class MissionLink(Base):
    """A mission that could answer a question: suggested by how alike their texts are, or named by a person."""

    __tablename__ = "mission_link"
    __table_args__ = (
        sa.CheckConstraint("(verdict IS NULL) = (judged_at IS NULL)", name="judged_iff_time"),
        sa.CheckConstraint("verdict IS NOT NULL OR similarity IS NOT NULL", name="suggested_or_judged"),
        {"info": IMPERSONAL},
    )

    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), primary_key=True)
    mission_id: Mapped[int] = mapped_column(sa.ForeignKey("mission.id"), primary_key=True, index=True)
    # The cosine of both texts when it was suggested; none where only a person named it.
    similarity: Mapped[float | None]
    suggested_at: Mapped[datetime | None]
    verdict: Mapped[MissionVerdict | None]
    judged_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))
    judged_at: Mapped[datetime | None]


class SecondLook(Base):
    """The one request of a submitter that the organizers look again at what became of a submission."""

    __tablename__ = "second_look"
    __table_args__ = (sa.CheckConstraint("(state = 'asked') = (answered_at IS NULL)", name="answered_iff_time"),)

    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(info=PERSONAL)
    state: Mapped[SecondLookState] = mapped_column(default=SecondLookState.ASKED)
    asked_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(default="", info=PERSONAL)
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))
    answered_at: Mapped[datetime | None]
