"""How far the choice of invitees of a call is: whether names are shown, and whether it is decided."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.models import Call
from solicit.calls.queries import CallFacts
from solicit.invitations.models import LimitRun, LimitSet, Selection
from solicit.invitations.queries.candidates import CandidatePool, pool_of
from solicit.invitations.states import LimitState, SelectionState


def pool_in_force(session: Session, *, call: CallFacts) -> CandidatePool | None:
    """The candidates under the limits in force, None before there are any; three statements."""
    runs = sa.select(LimitRun.run_id).join(LimitSet, LimitSet.id == LimitRun.limit_set_id)
    in_force = runs.where(LimitSet.call_id == call.id, LimitSet.state == LimitState.IN_FORCE)
    return pool_of(session, call=call, run_ids=in_force)


def is_decided(session: Session, *, call_id: int) -> bool:
    """Whether a selection of the call was approved; one statement."""
    approved = sa.select(Selection.id).where(Selection.call_id == call_id, Selection.state == SelectionState.APPROVED)
    return session.scalar(sa.select(approved.exists()))


def calls_in_force(session: Session) -> tuple[str, ...]:
    """The addresses of the calls whose limits are in force; one statement."""
    slugs = sa.select(Call.slug).join(LimitSet, LimitSet.call_id == Call.id)
    return tuple(session.scalars(slugs.where(LimitSet.state == LimitState.IN_FORCE).order_by(Call.slug)))
