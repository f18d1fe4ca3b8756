"""The meeting: where and when, its programme, and what came of it."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from solicit.db import IMPERSONAL, PERSONAL, Base
from solicit.invitations.states import OutcomeKind


class Meeting(Base):
    """The meeting that a call invites to, and the letterhead of its letters."""

    __tablename__ = "meeting"
    __table_args__ = (
        sa.CheckConstraint("starts_on <= ends_on", name="starts_before_end"),
        sa.CheckConstraint("keep_travel_days BETWEEN 0 AND 365", name="keep_travel_days_range"),
        {"info": IMPERSONAL},
    )

    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"), primary_key=True)
    title: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    time_zone: Mapped[str]
    venue: Mapped[str] = mapped_column(default="")
    city: Mapped[str]
    country: Mapped[str]
    organization: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(default="")
    signatory: Mapped[str] = mapped_column(default="")
    signatory_title: Mapped[str] = mapped_column(default="")
    letter_text: Mapped[str] = mapped_column(default="")
    online_address: Mapped[str] = mapped_column(default="")
    keep_travel_days: Mapped[int] = mapped_column(default=30)
    changed_at: Mapped[datetime]


class ProgrammeSession(Base):
    """A session of the meeting, usually about one topic."""

    __tablename__ = "programme_session"
    __table_args__ = (
        sa.UniqueConstraint("call_id", "position", deferrable=True, initially="DEFERRED"),
        sa.CheckConstraint("minutes BETWEEN 5 AND 600", name="minutes_range"),
        {"info": IMPERSONAL},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"))
    position: Mapped[int]
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"))
    topic_id: Mapped[int | None] = mapped_column(sa.ForeignKey("topic.id"))
    title: Mapped[str]
    room: Mapped[str] = mapped_column(default="")
    starts_at: Mapped[datetime | None]
    minutes: Mapped[int] = mapped_column(default=90)
    # Counts the changes by hand to the session and its slots.
    version: Mapped[int] = mapped_column(default=1)


class ProgrammeSlot(Base):
    """Who speaks to which question in a session."""

    __tablename__ = "programme_slot"
    __table_args__ = (
        sa.UniqueConstraint("session_id", "position", deferrable=True, initially="DEFERRED"),
        sa.CheckConstraint("minutes BETWEEN 1 AND 600", name="minutes_range"),
        {"info": IMPERSONAL},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("programme_session.id", ondelete="CASCADE"))
    position: Mapped[int]
    question_id: Mapped[int | None] = mapped_column(sa.ForeignKey("question.id"))
    invitation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("invitation.id", ondelete="SET NULL"), index=True)
    title: Mapped[str] = mapped_column(default="")
    minutes: Mapped[int] = mapped_column(default=15)


class Contribution(Base):
    """What somebody said or showed at the meeting to a question."""

    __tablename__ = "contribution"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"), index=True)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(info=PERSONAL)
    text: Mapped[str] = mapped_column(default="", info=PERSONAL)
    version: Mapped[int] = mapped_column(default=1)
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))


class QuestionOutcome(Base):
    """What the meeting found about a question."""

    __tablename__ = "question_outcome"
    __table_args__ = {"info": IMPERSONAL}

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"), index=True)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), index=True)
    kind: Mapped[OutcomeKind]
    text: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))
