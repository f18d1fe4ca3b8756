"""The lists of a call that its organizers edit: missions, and reasons for being out of scope.

What is on a list is never deleted, because plans and decisions name it; it may be offered no longer.
"""

import itertools
import re
import unicodedata
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.models import Mission, OutOfScopeReason
from solicit.calls.service.locking import lock_call
from solicit.errors import NotFound

# Room for a number behind it, below the limit of the database.
LONGEST_KEY = 50
Listed = Mission | OutOfScopeReason
SUBJECTS = {Mission: "mission", OutOfScopeReason: "reason"}


def add_mission(
    session: Session, *, call_id: int, name: str, around: str, goal: str, actor_id: int, now: datetime
) -> int:
    """Put a mission at the end of a call's list; its key is made from its name and never changes."""
    words = dict(name=name, around=around, goal=goal)
    return _add(session, Mission, call_id, name, words, actor_id, now)


def change_mission(
    session: Session, *, call_id: int, mission_id: int, name: str, around: str, goal: str, actor_id: int, now: datetime
) -> None:
    """Word a mission anew; plans that name it show the new words."""
    mission = _locked(session, Mission, call_id, mission_id)
    old = mission.name
    mission.name, mission.around, mission.goal = name, around, goal
    _record(session, "change", mission, actor_id, now, old=old, new=name)


def move_mission(session: Session, *, call_id: int, mission_id: int, up: bool, actor_id: int, now: datetime) -> None:
    """Change places with the mission before or after; the first and the last stay where they are."""
    _move(session, Mission, call_id, mission_id, up, actor_id, now)


def offer_mission(
    session: Session, *, call_id: int, mission_id: int, is_offered: bool, actor_id: int, now: datetime
) -> None:
    """Offer a mission to new plans, or no longer."""
    _offer(session, Mission, call_id, mission_id, is_offered, actor_id, now)


def add_reason(session: Session, *, call_id: int, label: str, letter: str, actor_id: int, now: datetime) -> int:
    """Put a reason for being out of scope at the end of a call's list."""
    return _add(session, OutOfScopeReason, call_id, label, dict(label=label, letter=letter), actor_id, now)


def change_reason(
    session: Session, *, call_id: int, reason_id: int, label: str, letter: str, actor_id: int, now: datetime
) -> None:
    """Word a reason anew; letters that went out stay as they were."""
    reason = _locked(session, OutOfScopeReason, call_id, reason_id)
    old = reason.label
    reason.label, reason.letter = label, letter
    _record(session, "change", reason, actor_id, now, old=old, new=label)


def move_reason(session: Session, *, call_id: int, reason_id: int, up: bool, actor_id: int, now: datetime) -> None:
    """Change places with the reason before or after."""
    _move(session, OutOfScopeReason, call_id, reason_id, up, actor_id, now)


def offer_reason(
    session: Session, *, call_id: int, reason_id: int, is_offered: bool, actor_id: int, now: datetime
) -> None:
    """Offer a reason to the desk, or no longer."""
    _offer(session, OutOfScopeReason, call_id, reason_id, is_offered, actor_id, now)


def free_key(name: str, taken: set[str], otherwise: str) -> str:
    """A key made of a name that nothing else in the list has."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower().replace("'", "")
    key = re.sub("[^a-z0-9]+", "-", letters).strip("-")[:LONGEST_KEY].strip("-") or otherwise
    numbered = (f"{key}-{n}" for n in itertools.count(2))
    return next(free for free in itertools.chain([key], numbered) if free not in taken)


def _add(
    session: Session,
    model: type[Listed],
    call_id: int,
    name: str,
    words: dict[str, str],
    actor_id: int,
    now: datetime,
) -> int:
    lock_call(session, call_id=call_id)
    listed = session.scalars(sa.select(model).where(model.call_id == call_id)).all()
    key = free_key(name, {known.key for known in listed}, SUBJECTS[model])
    position = max((known.position for known in listed), default=0) + 1
    added = model(call_id=call_id, key=key, position=position, **words)
    session.add(added)
    session.flush()
    _record(session, "add", added, actor_id, now, name=name)
    return added.id


def _move(
    session: Session, model: type[Listed], call_id: int, row_id: int, up: bool, actor_id: int, now: datetime
) -> None:
    lock_call(session, call_id=call_id)
    wanted = sa.select(model).where(model.call_id == call_id).order_by(model.position, model.id)
    listed = session.scalars(wanted.execution_options(populate_existing=True)).all()
    place = next((place for place, known in enumerate(listed) if known.id == row_id), None)
    if place is None:
        raise NotFound
    other = place - 1 if up else place + 1
    if not 0 <= other < len(listed):
        return
    moved, neighbour = listed[place], listed[other]
    moved.position, neighbour.position = neighbour.position, moved.position
    _record(session, "move", moved, actor_id, now, up=up)


def _offer(
    session: Session, model: type[Listed], call_id: int, row_id: int, is_offered: bool, actor_id: int, now: datetime
) -> None:
    row = _locked(session, model, call_id, row_id)
    if row.is_offered is not is_offered:
        row.is_offered = is_offered
        _record(session, "offer" if is_offered else "stop_offering", row, actor_id, now)


def _locked(session: Session, model: type[Listed], call_id: int, row_id: int) -> Listed:
    wanted = sa.select(model).where(model.id == row_id, model.call_id == call_id)
    row = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise NotFound
    return row


def _record(session: Session, act: str, row: Listed, actor_id: int, now: datetime, **details: object) -> None:
    record(
        session,
        act=act,
        subject=SUBJECTS[type(row)],
        subject_id=row.id,
        call_id=row.call_id,
        actor_id=actor_id,
        now=now,
        **details,
    )
