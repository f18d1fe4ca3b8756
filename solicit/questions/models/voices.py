"""What readers and authors say of a question: support, differences, problems."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from solicit.db import PERSONAL, Base
from solicit.questions.states import (
    ReportOutcome,
    ReportReason,
)


class Support(Base):
    """ "I want this answered too." It stays with the question it was given to and counts for what that merges into."""

    __tablename__ = "support"

    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
    supported_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class DifferenceNote(Base):
    """What an author said when a question looked like theirs: "mine differs because ..."."""

    __tablename__ = "difference_note"

    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"), primary_key=True)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), primary_key=True, index=True)
    text: Mapped[str] = mapped_column(info=PERSONAL)
    noted_at: Mapped[datetime]


class ProblemReport(Base):
    """What a reader found wrong with a public question; it waits on the organizers' desk until it is closed."""

    __tablename__ = "problem_report"
    __table_args__ = (
        sa.CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", name="closed_iff_outcome"),
        sa.Index("ix_problem_report_queue", "call_id", "closed_at", "reported_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"))
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), index=True)
    reporter_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"), index=True)
    reason: Mapped[ReportReason]
    text: Mapped[str] = mapped_column(info=PERSONAL)
    reported_at: Mapped[datetime]
    outcome: Mapped[ReportOutcome | None]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))
