"""The skeleton of a programme: sessions from topics, and who speaks to which question."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.queries import CallFacts
from solicit.errors import Conflict, Refused
from solicit.invitations.models import Invitation, ProgrammeSession, ProgrammeSlot, SelectionCandidate
from solicit.invitations.queries.letters.rows import as_selected
from solicit.invitations.queries.meeting import MeetingView
from solicit.invitations.queries.programme.questions import MeetingQuestion, meeting_questions, taken_up
from solicit.invitations.service.programme.layout import MOST_ROOMS, Asked, Planned, Taken, lay_out
from solicit.invitations.service.programme.lock import lock_meeting
from solicit.invitations.states import HOLDING
from solicit.words import N_


@dataclass(frozen=True)
class Names:
    """What new rooms and sessions are called, in the language of whoever makes them; ``gathered`` names by theme."""

    room: str
    part: str
    gathered: str

    def rooms(self) -> tuple[str, ...]:
        return tuple(self.room % {"n": n} for n in range(1, MOST_ROOMS + 1))


@dataclass(frozen=True)
class ProgrammeState:
    """How many sessions stand, and were changed; every change of a session or slot changes the digest."""

    digest: str
    n_sessions: int
    n_changed: int


@dataclass(frozen=True)
class Made:
    """What a skeleton added, and how many of its sessions found no place in the meeting's days."""

    n_sessions: int
    n_named: int
    n_unplaced: int


def make_skeleton(
    session: Session,
    *,
    call: CallFacts,
    names: Names,
    replaces: bool,
    seen: str,
    actor_id: int,
    now: datetime,
) -> Made:
    """Add what is missing: sessions for questions that have none, speakers where somebody is to be named.

    ``replaces`` removes every session first. ``seen`` is the state that the organizer decided on.
    """
    meeting = lock_meeting(session, call_id=call.id)
    if seen != programme_state(session, call_id=call.id).digest:
        raise Conflict(N_("Someone changed the programme in the meantime. Look at it, then decide again."))
    if replaces:
        session.execute(sa.delete(ProgrammeSession).where(ProgrammeSession.call_id == call.id))
    authors = _authors(session, call=call)
    questions = taken_up(meeting_questions(session, call=call), authors)
    if not questions:
        raise Refused(N_("No ranked questions stand behind limits in force. Put limits in force first."))
    standing = _standing(session, call=call)
    n_named = _name_speakers(standing, authors)
    planned = _plan(call, meeting, names, questions, authors, standing)
    _store(session, call=call, meeting=meeting, names=names, planned=planned, questions=questions)
    made = Made(len(planned), n_named, sum(each.starts_at is None for each in planned))
    what = dict(act="make skeleton", subject="programme", subject_id=call.id, call_id=call.id)
    record(session, **what, actor_id=actor_id, now=now, replaces=replaces, **vars(made))
    return made


def programme_state(session: Session, *, call_id: int) -> ProgrammeState:
    """What stands now, for the page that asks before it changes; one statement."""
    rows = session.execute(
        sa.select(ProgrammeSession.id, ProgrammeSession.version)
        .where(ProgrammeSession.call_id == call_id)
        .order_by(ProgrammeSession.id)
    )
    versions = [tuple(row) for row in rows]
    digest = hashlib.sha256(repr(versions).encode()).hexdigest()
    return ProgrammeState(digest, len(versions), sum(version > 1 for _, version in versions))


@dataclass
class _Standing:
    """A session that is there already, with its slots and the people of them who come."""

    row: ProgrammeSession
    slots: list[ProgrammeSlot]
    coming_ids: frozenset[int]

    @property
    def speaker_ids(self) -> frozenset[int]:
        return frozenset(slot.invitation_id for slot in self.slots if slot.invitation_id in self.coming_ids)

    def overlaps(self, other: "_Standing") -> bool:
        if self.row.starts_at is None or other.row.starts_at is None:
            return False
        ends = [each.row.starts_at + timedelta(minutes=each.row.minutes) for each in (self, other)]
        return self.row.starts_at < ends[1] and other.row.starts_at < ends[0]


def _authors(session: Session, *, call: CallFacts) -> dict[int, tuple[int, ...]]:
    """The invitations of those who take part and wrote a question; one statement."""
    rows = session.execute(
        sa.select(Invitation.id, SelectionCandidate.question_ids)
        .join(SelectionCandidate, as_selected())
        .where(Invitation.call_id == call.id, Invitation.state.in_(HOLDING))
        .order_by(Invitation.id)
    )
    written = defaultdict(list)
    for row in rows:
        for question_id in row.question_ids:
            written[question_id].append(row.id)
    return {question_id: tuple(ids) for question_id, ids in written.items()}


def _standing(session: Session, *, call: CallFacts) -> list[_Standing]:
    of_call = sa.select(ProgrammeSession).where(ProgrammeSession.call_id == call.id)
    rows = session.scalars(of_call.order_by(ProgrammeSession.position)).all()
    slots = session.scalars(
        sa.select(ProgrammeSlot)
        .where(ProgrammeSlot.session_id.in_([row.id for row in rows]))
        .order_by(ProgrammeSlot.session_id, ProgrammeSlot.position)
    ).all()
    coming = frozenset(
        session.scalars(sa.select(Invitation.id).where(Invitation.call_id == call.id, Invitation.state.in_(HOLDING)))
    )
    return [_Standing(row, [slot for slot in slots if slot.session_id == row.id], coming) for row in rows]


def _name_speakers(standing: Sequence[_Standing], authors: dict[int, tuple[int, ...]]) -> int:
    """Put authors who take part into slots where somebody is to be named; nobody is sent to two sessions at once."""
    n_named = 0
    for each in standing:
        busy = frozenset().union(
            *(other.speaker_ids for other in standing if other is not each and each.overlaps(other))
        )
        for slot in each.slots:
            if slot.question_id is None or slot.invitation_id in each.coming_ids:
                continue
            speaking = {other.invitation_id for other in each.slots if other.question_id == slot.question_id}
            free = [one for one in authors.get(slot.question_id, ()) if one not in speaking | busy]
            if free:
                slot.invitation_id = free[0]
                each.row.version += 1
                n_named += 1
    return n_named


def _plan(
    call: CallFacts,
    meeting: MeetingView,
    names: Names,
    questions: Sequence[MeetingQuestion],
    authors: dict[int, tuple[int, ...]],
    standing: Sequence[_Standing],
) -> tuple[Planned, ...]:
    """Sessions for the questions that are in none, around the sessions that stand."""
    covered = {slot.question_id for each in standing for slot in each.slots}
    asked = [
        Asked(
            question_id=question.id,
            theme_place=call.themes.index(question.theme),
            topic_id=question.topic_id,
            place=question.place,
            speaker_ids=authors.get(question.id, ()),
        )
        for question in questions
        if question.id not in covered
    ]
    return lay_out(asked, days=meeting.days, taken=_taken(meeting, names.rooms(), standing))


def _taken(meeting: MeetingView, rooms: Sequence[str], standing: Sequence[_Standing]) -> list[Taken]:
    number = {name: place for place, name in enumerate(rooms)}
    found = []
    for each in standing:
        if each.row.starts_at:
            starts_at = meeting.local(each.row.starts_at).replace(tzinfo=None)
            ends_at = starts_at + timedelta(minutes=each.row.minutes)
            found.append(Taken(starts_at, ends_at, number.get(each.row.room), each.speaker_ids))
    return found


def _store(
    session: Session,
    *,
    call: CallFacts,
    meeting: MeetingView,
    names: Names,
    planned: Sequence[Planned],
    questions: Collection[MeetingQuestion],
) -> None:
    topics = {question.topic_id: question.topic for question in questions}
    last = sa.select(sa.func.coalesce(sa.func.max(ProgrammeSession.position), 0))
    position = session.scalar(last.where(ProgrammeSession.call_id == call.id))
    ordered = sorted(planned, key=lambda each: (each.starts_at or datetime.max, each.room or 0))
    rows = [
        ProgrammeSession(
            call_id=call.id,
            position=position + n,
            theme_id=call.themes[each.theme_place].id,
            topic_id=each.topic_id,
            title=_title(call, names, topics, each),
            room=names.rooms()[each.room] if each.room is not None else "",
            starts_at=each.starts_at and each.starts_at.replace(tzinfo=meeting.zone),
            minutes=each.minutes,
        )
        for n, each in enumerate(ordered, 1)
    ]
    session.add_all(rows)
    session.flush()
    session.add_all(
        ProgrammeSlot(
            session_id=row.id,
            position=n,
            question_id=slot.question_id,
            invitation_id=slot.speaker_id,
            minutes=slot.minutes,
        )
        for row, each in zip(rows, ordered, strict=True)
        for n, slot in enumerate(each.slots, 1)
    )
    session.flush()


def _title(call: CallFacts, names: Names, topics: dict[int | None, str], planned: Planned) -> str:
    theme = call.themes[planned.theme_place]
    title = topics[planned.topic_id] if planned.topic_id else names.gathered % {"theme": theme.short_name}
    return names.part % {"title": title, "n": planned.part + 1} if planned.part else title
