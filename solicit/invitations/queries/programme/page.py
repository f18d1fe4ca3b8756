"""The programme as one organizer may see it, and one session or slot of it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, ThemeView
from solicit.invitations.models import Invitation, ProgrammeSession, ProgrammeSlot, SelectionCandidate
from solicit.invitations.queries.letters.rows import as_selected
from solicit.invitations.queries.meeting import MeetingView, meeting_of
from solicit.invitations.queries.sight import Sight
from solicit.invitations.queries.words import Sentence
from solicit.invitations.states import HOLDING, InvitationState
from solicit.people.models import Person
from solicit.questions.models import Question
from solicit.questions.states import question_label
from solicit.words import N_


@dataclass(frozen=True)
class SlotView:
    """Who speaks to which question. ``gone``: somebody was named who does not come any longer.

    ``is_shut``: the reader has a part in the question; who speaks to it is neither shown nor theirs to arrange.
    """

    id: int
    session_id: int
    question_id: int | None
    label: str
    question_title: str
    language: str
    title: str
    minutes: int
    starts_at: datetime | None
    invitation_id: int | None
    speaker: str
    has_answered: bool
    gone: str
    is_shut: bool

    @property
    def name(self) -> str:
        return self.title or f"{self.label} {self.question_title}".strip()


@dataclass(frozen=True)
class SessionView:
    """A session; times are those of the meeting's place."""

    id: int
    title: str
    theme: ThemeView | None
    room: str
    starts_at: datetime | None
    minutes: int
    version: int
    slots: tuple[SlotView, ...]
    clashes: tuple[Sentence, ...] = ()

    @property
    def ends_at(self) -> datetime | None:
        return self.starts_at + timedelta(minutes=self.minutes) if self.starts_at else None

    @property
    def day(self) -> date | None:
        return self.starts_at.date() if self.starts_at else None

    def overlaps(self, other: "SessionView") -> bool:
        if self.starts_at is None or other.starts_at is None:
            return False
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True)
class SlotPage:
    """A slot with the session it is part of."""

    slot: SlotView
    session_title: str
    version: int


@dataclass(frozen=True)
class Programme:
    meeting: MeetingView | None
    sessions: tuple[SessionView, ...]

    @property
    def by_day(self) -> tuple[tuple[date | None, tuple[SessionView, ...]], ...]:
        """The sessions day by day; those without a time stand last, under None."""
        days: dict[date | None, list[SessionView]] = defaultdict(list)
        for each in self.sessions:
            days[each.day].append(each)
        return tuple((day, tuple(those)) for day, those in days.items())

    @property
    def n_open(self) -> int:
        """The slots where somebody is to be named, as far as the reader may know."""
        return sum(not (slot.speaker or slot.is_shut) for each in self.sessions for slot in each.slots)

    @property
    def n_gone(self) -> int:
        return sum(bool(slot.gone) for each in self.sessions for slot in each.slots)

    @property
    def n_clashes(self) -> int:
        return sum(len(each.clashes) for each in self.sessions)

    @property
    def question_ids(self) -> frozenset[int]:
        return frozenset(slot.question_id for each in self.sessions for slot in each.slots if slot.question_id)

    def session(self, session_id: int) -> SessionView | None:
        return next((each for each in self.sessions if each.id == session_id), None)


def programme(session: Session, *, call: CallFacts, sight: Sight) -> Programme:
    """The programme by time, without the names that this organizer must not see; three statements."""
    meeting = meeting_of(session, call_id=call.id)
    if meeting is None:
        return Programme(None, ())
    slots = _slots(session, call=call, sight=sight)
    rows = session.scalars(
        sa.select(ProgrammeSession)
        .where(ProgrammeSession.call_id == call.id)
        .order_by(ProgrammeSession.starts_at.asc().nulls_last(), ProgrammeSession.position)
        .execution_options(populate_existing=True)
    )
    found = [_session_view(call, meeting, row, slots[row.id]) for row in rows]
    return Programme(meeting, tuple(replace(each, clashes=tuple(_clashes(each, found, meeting))) for each in found))


def one_slot(session: Session, *, call: CallFacts, sight: Sight, slot_id: int) -> SlotPage | None:
    """One slot with the session it is part of; one statement."""
    row = session.execute(_of_call(call).where(ProgrammeSlot.id == slot_id)).one_or_none()
    return row and SlotPage(_slot_view(row, sight), row.ProgrammeSession.title, row.ProgrammeSession.version)


def _slots(session: Session, *, call: CallFacts, sight: Sight) -> dict[int, list[SlotView]]:
    found = defaultdict(list)
    for row in session.execute(_of_call(call)):
        found[row.ProgrammeSlot.session_id].append(_slot_view(row, sight))
    return found


def _of_call(call: CallFacts) -> sa.Select:
    """The slots of a call with all that is shown of them."""
    return (
        sa.select(ProgrammeSession, ProgrammeSlot, Question, Invitation.state, Person.full_name, SelectionCandidate)
        .join(ProgrammeSession, ProgrammeSession.id == ProgrammeSlot.session_id)
        .outerjoin(Question, Question.id == ProgrammeSlot.question_id)
        .outerjoin(Invitation, Invitation.id == ProgrammeSlot.invitation_id)
        .outerjoin(Person, Person.id == Invitation.person_id)
        .outerjoin(SelectionCandidate, as_selected())
        .where(ProgrammeSession.call_id == call.id)
        .order_by(ProgrammeSlot.session_id, ProgrammeSlot.position)
        .execution_options(populate_existing=True)
    )


def _slot_view(row, sight: Sight) -> SlotView:
    slot, question = row.ProgrammeSlot, row.Question
    is_shut = question is not None and question.id in sight.question_ids
    name = "" if is_shut or sight.hides(row.SelectionCandidate) else row.full_name or ""
    comes = row.state in HOLDING
    return SlotView(
        id=slot.id,
        session_id=slot.session_id,
        question_id=slot.question_id,
        label=question_label(question.kind, question.number) if question else "",
        question_title=question.title if question else "",
        language=question.language if question else "",
        title=slot.title,
        minutes=slot.minutes,
        starts_at=None,
        invitation_id=slot.invitation_id if name and comes else None,
        speaker=name if comes else "",
        has_answered=row.state is not InvitationState.OFFERED,
        gone="" if comes else name,
        is_shut=is_shut,
    )


def _session_view(
    call: CallFacts, meeting: MeetingView, row: ProgrammeSession, slots: Iterable[SlotView]
) -> SessionView:
    starts_at = meeting.local(row.starts_at) if row.starts_at else None
    return SessionView(
        id=row.id,
        title=row.title,
        theme=call.theme_by_id(row.theme_id),
        room=row.room,
        starts_at=starts_at,
        minutes=row.minutes,
        version=row.version,
        slots=tuple(_one_after_another(slots, starts_at)),
    )


def _one_after_another(slots: Iterable[SlotView], starts_at: datetime | None) -> Iterable[SlotView]:
    for slot in slots:
        yield replace(slot, starts_at=starts_at)
        starts_at = starts_at and starts_at + timedelta(minutes=slot.minutes)


def _clashes(each: SessionView, others: Sequence[SessionView], meeting: MeetingView) -> Iterable[Sentence]:
    """What cannot be as it stands, in words."""
    if each.day and each.day not in meeting.days:
        yield Sentence(N_("It is not on a day of the meeting."))
    if sum(slot.minutes for slot in each.slots) > each.minutes:
        yield Sentence(N_("Its slots are longer than the session."))
    for other in others:
        if other is each or not each.overlaps(other):
            continue
        if each.room and each.room == other.room:
            yield Sentence(N_("“%(title)s” is in the same room at the same time."), {"title": other.title})
        speaking = {slot.invitation_id: slot.speaker for slot in other.slots if slot.speaker}
        for number in sorted({slot.invitation_id for slot in each.slots} & set(speaking)):
            what = {"name": speaking[number], "title": other.title}
            yield Sentence(N_("%(name)s speaks in “%(title)s” at the same time."), what)
