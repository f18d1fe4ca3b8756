"""Moving a call along: opening, closing, reopening, publishing, archiving."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.models import Call
from solicit.calls.queries.checklist import Point, blocking_points
from solicit.calls.service.locking import locked_call
from solicit.calls.states import MOVES, CallState
from solicit.errors import Refused, check_move
from solicit.words import N_


class NotReady(Refused):
    """Something keeps a call from opening; ``points`` say what."""

    message = N_("The call cannot open yet: something is missing.")

    def __init__(self, points: tuple[Point, ...]) -> None:
        super().__init__()
        self.points = points


def move_call(session: Session, *, call_id: int, to: CallState, actor_id: int | None, now: datetime) -> None:
    """Change a call's state along its legal moves; raises NotReady where it would open with something missing.

    Only a publication makes a call published (``publish_call``).
    """
    call = locked_call(session, call_id=call_id)
    check_move(MOVES, call.state, to)
    if to is CallState.PUBLISHED:
        text = N_("A call is published together with its results. An organizer does that on the page %(path)s.")
        raise Refused(text, path=f"/{call.slug}/organize/publication")
    if to is CallState.OPEN and (points := blocking_points(session, call_id=call_id, now=now)):
        raise NotReady(points)
    _move(session, call, to, actor_id, now)


def publish_call(session: Session, *, call_id: int, actor_id: int | None, now: datetime) -> None:
    """Call a closed call published, in the transaction that keeps its publication."""
    call = locked_call(session, call_id=call_id)
    check_move(MOVES, call.state, CallState.PUBLISHED)
    _move(session, call, CallState.PUBLISHED, actor_id, now)


def close_due_calls(session: Session, *, now: datetime) -> tuple[int, ...]:
    """Close every open call that takes nothing more, not even a draft in the time of grace; return their ids."""
    grace = sa.func.make_interval(0, 0, 0, 0, 0, sa.cast(Call.grace_minutes, sa.Integer))
    due = sa.select(Call.id).where(Call.state == CallState.OPEN, Call.closes_at + grace <= now).order_by(Call.id)
    closed = tuple(session.scalars(due.with_for_update(key_share=True)))
    for call_id in closed:
        move_call(session, call_id=call_id, to=CallState.CLOSED, actor_id=None, now=now)
    return closed


def _move(session: Session, call: Call, to: CallState, actor_id: int | None, now: datetime) -> None:
    record(
        session,
        act="move",
        subject="call",
        subject_id=call.id,
        call_id=call.id,
        actor_id=actor_id,
        now=now,
        old=call.state.value,
        new=to.value,
    )
    call.state = to
    if to is CallState.OPEN:
        call.closed_at = None
    elif to is CallState.CLOSED:
        call.closed_at = min(now, call.closes_at)
    session.flush()
