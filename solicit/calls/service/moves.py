"""Moving a call along: opening, closing, reopening, publishing, archiving."""

from datetime import datetime

from sqlalchemy.orm import Session

from solicit.audit.service import record
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
    """Change a call's state along its legal moves; raises NotReady where it would open with something missing."""
    call = locked_call(session, call_id=call_id)
    check_move(MOVES, call.state, to)
    if to is CallState.OPEN and (points := blocking_points(session, call_id=call_id, now=now)):
        raise NotReady(points)
    record(
        session,
        act="move",
        subject="call",
        subject_id=call_id,
        call_id=call_id,
        actor_id=actor_id,
        now=now,
        old=call.state.value,
        new=to.value,
    )
    call.state = to
    session.flush()
