"""Sessions and slots changed by hand; each change counts in the session's version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.errors import Conflict, NotFound, Refused
from solicit.invitations.models import Invitation, ProgrammeSession, ProgrammeSlot, SelectionCandidate
from solicit.invitations.queries.letters.rows import as_selected
from solicit.invitations.queries.sight import Sight, sight_of
from solicit.invitations.service.programme.lock import lock_meeting
from solicit.invitations.states import HOLDING
from solicit.questions.models import Question
from solicit.words import N_


@dataclass(frozen=True, kw_only=True)
class SessionValues:
    title: str
    room: str
    starts_at: datetime | None
    minutes: int
    theme_id: int | None


@dataclass(frozen=True, kw_only=True)
class SlotValues:
    """``invitation_id`` None: somebody is still to be named."""

    question_id: int | None
    invitation_id: int | None
    title: str
    minutes: int


def add_session(session: Session, *, call_id: int, values: SessionValues, actor_id: int, now: datetime) -> int:
    lock_meeting(session, call_id=call_id)
    last = max((each.position for each in _of_call(session, call_id)), default=0)
    added = ProgrammeSession(call_id=call_id, position=last + 1, **vars(values))
    session.add(added)
    session.flush()
    _record(session, "add", added, actor_id, now)
    return added.id


def change_session(
    session: Session,
    *,
    call_id: int,
    session_id: int,
    version: int,
    values: SessionValues,
    actor_id: int,
    now: datetime,
) -> None:
    row = _locked(session, call_id=call_id, session_id=session_id, version=version)
    for name, value in vars(values).items():
        setattr(row, name, value)
    row.version += 1
    _record(session, "change", row, actor_id, now)


def remove_session(
    session: Session, *, call_id: int, session_id: int, version: int, actor_id: int, now: datetime
) -> None:
    """Remove a session with its slots."""
    row = _locked(session, call_id=call_id, session_id=session_id, version=version)
    _record(session, "remove", row, actor_id, now)
    session.delete(row)
    session.flush()


def move_session(
    session: Session, *, call_id: int, session_id: int, is_earlier: bool, actor_id: int, now: datetime
) -> None:
    """Exchange time and room with the session before or after; the first and the last stay where they are."""
    lock_meeting(session, call_id=call_id)
    pair = _neighbours(_of_call(session, call_id), session_id, is_earlier)
    if pair:
        for name in ("starts_at", "room", "position"):
            _exchange(*pair, name)
        for each in pair:
            each.version += 1
        _record(session, "move", pair[0], actor_id, now, is_earlier=is_earlier)


def add_slot(
    session: Session, *, call_id: int, session_id: int, values: SlotValues, actor_id: int, now: datetime
) -> None:
    row = _locked(session, call_id=call_id, session_id=session_id)
    _check(session, call_id=call_id, values=values, sight=sight_of(session, viewer_id=actor_id))
    last = max((slot.position for slot in _slots(session, row)), default=0)
    session.add(ProgrammeSlot(session_id=row.id, position=last + 1, **vars(values)))
    _count(session, "add slot", row, actor_id, now)


def change_slot(
    session: Session,
    *,
    call_id: int,
    slot_id: int,
    version: int,
    values: SlotValues,
    actor_id: int,
    now: datetime,
) -> None:
    """Somebody whom the organizer does not see stays, unless the organizer names somebody else."""
    row, slot = _slot(session, call_id=call_id, slot_id=slot_id, version=version)
    sight = sight_of(session, viewer_id=actor_id)
    _check(session, call_id=call_id, values=values, sight=sight)
    kept = slot.invitation_id if _is_unseen(session, slot, sight) else None
    for name, value in vars(values).items():
        setattr(slot, name, value)
    slot.invitation_id = values.invitation_id or kept
    _count(session, "change slot", row, actor_id, now)


def remove_slot(session: Session, *, call_id: int, slot_id: int, version: int, actor_id: int, now: datetime) -> None:
    row, slot = _slot(session, call_id=call_id, slot_id=slot_id, version=version)
    session.delete(slot)
    _count(session, "remove slot", row, actor_id, now)


def move_slot(session: Session, *, call_id: int, slot_id: int, is_earlier: bool, actor_id: int, now: datetime) -> None:
    """Change places with the slot before or after in the session."""
    row, slot = _slot(session, call_id=call_id, slot_id=slot_id)
    if pair := _neighbours(_slots(session, row), slot.id, is_earlier):
        _exchange(*pair, "position")
        _count(session, "move slot", row, actor_id, now)


FRESH = {"populate_existing": True}


def _of_call(session: Session, call_id: int) -> Sequence[ProgrammeSession]:
    """The sessions in the order of the page: by time, then by position."""
    of_call = sa.select(ProgrammeSession).where(ProgrammeSession.call_id == call_id)
    order = (ProgrammeSession.starts_at.asc().nulls_last(), ProgrammeSession.position)
    return session.scalars(of_call.order_by(*order).execution_options(**FRESH)).all()


def _slots(session: Session, row: ProgrammeSession) -> Sequence[ProgrammeSlot]:
    of_session = sa.select(ProgrammeSlot).where(ProgrammeSlot.session_id == row.id)
    return session.scalars(of_session.order_by(ProgrammeSlot.position).execution_options(**FRESH)).all()


def _locked(session: Session, *, call_id: int, session_id: int, version: int | None = None) -> ProgrammeSession:
    lock_meeting(session, call_id=call_id)
    wanted = sa.select(ProgrammeSession).where(ProgrammeSession.id == session_id, ProgrammeSession.call_id == call_id)
    row = session.scalar(wanted.execution_options(**FRESH))
    if row is None:
        raise NotFound
    if version not in (None, row.version):
        raise Conflict(N_("Someone changed this session in the meantime. It now reads as below; your text is kept."))
    return row


def _slot(
    session: Session, *, call_id: int, slot_id: int, version: int | None = None
) -> tuple[ProgrammeSession, ProgrammeSlot]:
    session_id = session.scalar(sa.select(ProgrammeSlot.session_id).where(ProgrammeSlot.id == slot_id))
    if session_id is None:
        raise NotFound
    row = _locked(session, call_id=call_id, session_id=session_id, version=version)
    slot = next((each for each in _slots(session, row) if each.id == slot_id), None)
    if slot is None:
        raise NotFound
    return row, slot


def _neighbours(rows: Sequence, row_id: int, is_earlier: bool) -> tuple | None:
    """The row with this number and the one before or after it."""
    place = next((place for place, row in enumerate(rows) if row.id == row_id), None)
    if place is None:
        raise NotFound
    other = place - 1 if is_earlier else place + 1
    return (rows[place], rows[other]) if 0 <= other < len(rows) else None


def _exchange(first: object, second: object, name: str) -> None:
    mine, theirs = getattr(first, name), getattr(second, name)
    setattr(first, name, theirs)
    setattr(second, name, mine)


def _check(session: Session, *, call_id: int, values: SlotValues, sight: Sight) -> None:
    """The question is one of the call in which the organizer has no part, and the speaker somebody they see."""
    if values.question_id in sight.question_ids:
        raise Refused(N_("You have a part in this question. Another organizer arranges who speaks to it."))
    of_call = sa.select(Question.id).where(Question.id == values.question_id, Question.call_id == call_id)
    if values.question_id is not None and session.scalar(of_call) is None:
        raise Refused(N_("This question is not part of the call."))
    found = sa.select(Invitation, SelectionCandidate).outerjoin(SelectionCandidate, as_selected())
    found = found.where(Invitation.id == values.invitation_id, Invitation.call_id == call_id)
    chosen = session.execute(found.where(Invitation.state.in_(HOLDING))).one_or_none()
    if values.invitation_id is not None and (chosen is None or sight.hides(chosen.SelectionCandidate)):
        raise Refused(N_("This person does not take part any longer. Choose somebody else."))


def _is_unseen(session: Session, slot: ProgrammeSlot, sight: Sight) -> bool:
    found = sa.select(SelectionCandidate).join(Invitation, as_selected()).where(Invitation.id == slot.invitation_id)
    return sight.hides(session.scalar(found))


def _count(session: Session, act: str, row: ProgrammeSession, actor_id: int, now: datetime) -> None:
    row.version += 1
    session.flush()
    _record(session, act, row, actor_id, now)


def _record(session: Session, act: str, row: ProgrammeSession, actor_id: int, now: datetime, **details: object) -> None:
    what = dict(subject="programme session", subject_id=row.id, call_id=row.call_id)
    record(session, act=act, **what, actor_id=actor_id, now=now, **details)
