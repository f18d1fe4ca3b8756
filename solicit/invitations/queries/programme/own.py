"""The programme of one person who comes: all sessions by title, and their own slots; nobody else is named."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts, ThemeView
from solicit.invitations.models import Invitation, ProgrammeSession, ProgrammeSlot
from solicit.invitations.queries.meeting import MeetingView, meeting_of
from solicit.invitations.states import COMING
from solicit.questions.models import Question
from solicit.questions.states import question_label


@dataclass(frozen=True)
class OwnSlot:
    id: int
    session_title: str
    room: str
    label: str
    title: str
    language: str
    minutes: int
    starts_at: datetime

    @property
    def name(self) -> str:
        return f"{self.label} {self.title}".strip()


@dataclass(frozen=True)
class OwnSession:
    id: int
    title: str
    theme: ThemeView | None
    room: str
    starts_at: datetime
    minutes: int
    slots: tuple[OwnSlot, ...]

    @property
    def day(self) -> date:
        return self.starts_at.date()

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class OwnProgramme:
    meeting: MeetingView
    sessions: tuple[OwnSession, ...]

    @property
    def slots(self) -> tuple[OwnSlot, ...]:
        return tuple(slot for each in self.sessions for slot in each.slots)


def own_subject(session: Session, *, call: CallFacts, **_) -> Subject | None:
    """Facts for the policy: those who accepted have a programme of their own; one statement."""
    coming = sa.select(Invitation.person_id).where(Invitation.call_id == call.id, Invitation.state.in_(COMING))
    return Subject(call_id=call.id, owner_ids=frozenset(session.scalars(coming)))


def own_programme(session: Session, *, call: CallFacts, person_id: int) -> OwnProgramme | None:
    """The sessions that have a time, with the person's own slots; three statements."""
    meeting = meeting_of(session, call_id=call.id)
    if meeting is None:
        return None
    rows = session.scalars(
        sa.select(ProgrammeSession)
        .where(ProgrammeSession.call_id == call.id, ProgrammeSession.starts_at.is_not(None))
        .order_by(ProgrammeSession.starts_at, ProgrammeSession.position)
    ).all()
    slots = _slots(session, call=call, person_id=person_id)
    return OwnProgramme(meeting, tuple(_own_session(call, meeting, row, slots[row.id]) for row in rows))


def _slots(session: Session, *, call: CallFacts, person_id: int) -> dict[int, list]:
    """The person's slots, each with the minutes of the session before it; by session."""
    before = sa.func.sum(ProgrammeSlot.minutes).over(
        partition_by=ProgrammeSlot.session_id, order_by=ProgrammeSlot.position
    )
    placed = sa.select(ProgrammeSlot, (before - ProgrammeSlot.minutes).label("before")).subquery()
    rows = session.execute(
        sa.select(placed, Question)
        .join(Invitation, Invitation.id == placed.c.invitation_id)
        .outerjoin(Question, Question.id == placed.c.question_id)
        .where(Invitation.call_id == call.id, Invitation.person_id == person_id, Invitation.state.in_(COMING))
        .order_by(placed.c.session_id, placed.c.position)
    )
    found = defaultdict(list)
    for row in rows:
        found[row.session_id].append(row)
    return found


def _own_session(call: CallFacts, meeting: MeetingView, row: ProgrammeSession, slots: list) -> OwnSession:
    starts_at = meeting.local(row.starts_at)
    own = tuple(
        OwnSlot(
            id=slot.id,
            session_title=row.title,
            room=row.room,
            label=question_label(slot.Question.kind, slot.Question.number) if slot.Question else "",
            title=slot.title or (slot.Question.title if slot.Question else ""),
            language=slot.Question.language if slot.Question and not slot.title else "",
            minutes=slot.minutes,
            starts_at=starts_at + timedelta(minutes=int(slot.before)),
        )
        for slot in slots
    )
    theme = call.theme_by_id(row.theme_id)
    return OwnSession(row.id, row.title, theme, row.room, starts_at, row.minutes, own)
