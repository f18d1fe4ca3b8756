"""Approving a selection: the second pair of eyes, and the invitations that follow."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.errors import Conflict, NotFound, Refused, check_move
from solicit.invitations.models import Invitation, LimitSet, Selection, SelectionCandidate
from solicit.invitations.states import SELECTION_MOVES, Outcome, SelectionState
from solicit.words import N_


def approve_selection(session: Session, *, call_id: int, selection_id: int, approver_id: int, now: datetime) -> int:
    """Approve what another organizer proposed; returns how many people are now selected to be invited.

    All selections of the call are locked, so that two organizers at once cannot both spend the budget.
    """
    of_call = sa.select(Selection).where(Selection.call_id == call_id).order_by(Selection.id)
    locked = {row.id: row for row in session.scalars(of_call.with_for_update(), execution_options=FRESH)}
    selection = locked.get(selection_id)
    if selection is None:
        raise NotFound
    check_move(SELECTION_MOVES, selection.state, SelectionState.APPROVED)
    if any(row.state is SelectionState.APPROVED for row in locked.values()):
        raise Conflict(N_("Another selection of this call is already approved."))
    chosen = _chosen(session, selection=selection, approver_id=approver_id)
    selection.state, selection.approved_at, selection.approved_by_id = SelectionState.APPROVED, now, approver_id
    session.add_all(
        Invitation(
            call_id=call_id,
            selection_id=selection_id,
            person_id=row.person_id,
            attendance=row.attendance,
            cost_cents=row.cost_cents,
            changed_at=now,
        )
        for row in chosen
    )
    _record_approval(
        session, call_id=call_id, selection=selection, n_invited=len(chosen), approver_id=approver_id, now=now
    )
    return len(chosen)


# The rows may have been read before another organizer changed them.
FRESH = {"populate_existing": True}


def _chosen(session: Session, *, selection: Selection, approver_id: int) -> list[SelectionCandidate]:
    """The chosen rows, after every rule of approving was checked."""
    if selection.outcome is Outcome.INFEASIBLE:
        raise Refused(N_("No selection keeps these limits. Change them first."))
    if approver_id == selection.proposed_by_id:
        raise Refused(N_("You proposed this selection. A second organizer must approve it."))
    of_selection = sa.select(SelectionCandidate).where(SelectionCandidate.selection_id == selection.id)
    rows = session.scalars(of_selection.order_by(SelectionCandidate.person_id)).all()
    if any(row.person_id == approver_id for row in rows):
        raise Refused(N_("You are a candidate yourself. Another organizer must approve the selection."))
    chosen = [row for row in rows if row.is_chosen]
    if not chosen:
        raise Refused(N_("This selection invites nobody."))
    limits = session.get_one(LimitSet, selection.limit_set_id)
    places = limits.seats + limits.online_places
    if len(chosen) > places or sum(row.cost_cents for row in chosen) > limits.budget_cents:
        raise Refused(N_("This selection is above its own limits."))
    return chosen


def _record_approval(
    session: Session, *, call_id: int, selection: Selection, n_invited: int, approver_id: int, now: datetime
) -> None:
    record(
        session,
        act="approve",
        subject="selection",
        subject_id=selection.id,
        call_id=call_id,
        actor_id=approver_id,
        now=now,
        n_invited=n_invited,
        cost_total_cents=selection.cost_total_cents,
    )
