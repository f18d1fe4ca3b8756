"""Approving a selection: the second pair of eyes, and the invitations that follow."""

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.errors import Conflict, NotFound, Refused, check_move
from solicit.invitations.models import Invitation, LimitSet, Selection, SelectionCandidate
from solicit.invitations.service.limits import has_room, locked_in_force
from solicit.invitations.service.selecting.case import invitations_of, of_account
from solicit.invitations.states import (
    COMMITTED,
    GONE,
    HOLDING,
    INVITATION_MOVES,
    SELECTION_MOVES,
    Attendance,
    InvitationState,
    Outcome,
    SelectionState,
)
from solicit.words import N_

# The rows may have been read before another organizer changed them.
FRESH = {"populate_existing": True}
STALE = N_("Answers came in since this was proposed. Ask for a replacement again; it will respect them.")


def approve_selection(session: Session, *, call_id: int, selection_id: int, approver_id: int, now: datetime) -> int:
    """Approve what another organizer proposed; returns how many people are newly selected to be invited."""
    limits = locked_in_force(session, call_id=call_id)
    selection = _locked(session, Selection.call_id == call_id, Selection.id == selection_id)
    if selection is None:
        raise NotFound
    check_move(SELECTION_MOVES, selection.state, SelectionState.APPROVED)
    if limits is None or selection.limit_set_id != limits.id:
        raise Refused(N_("Other limits are in force now. Only a selection under them can be approved."))
    earlier = _locked(session, Selection.call_id == call_id, Selection.state == SelectionState.APPROVED)
    if (earlier.id if earlier else None) != selection.replaces_id:
        raise Conflict(N_("Another selection of this call is already approved."))
    chosen = _chosen(session, selection=selection, approver_id=approver_id)
    if earlier:
        check_move(SELECTION_MOVES, earlier.state, SelectionState.REPLACED)
        earlier.state = SelectionState.REPLACED
        session.flush()
    selection.state, selection.approved_at, selection.approved_by_id = SelectionState.APPROVED, now, approver_id
    newcomers, dropped = _settle(session, selection=selection, chosen=chosen, limits=limits, now=now)
    _record_approval(session, selection=selection, newcomers=newcomers, dropped=dropped, now=now)
    return len(newcomers)


def _locked(session: Session, *conditions) -> Selection | None:
    return session.scalar(sa.select(Selection).where(*conditions).with_for_update(), execution_options=FRESH)


def _chosen(session: Session, *, selection: Selection, approver_id: int) -> list[SelectionCandidate]:
    """The chosen rows, the most deserving first, after every rule of approving was checked."""
    if selection.outcome is Outcome.INFEASIBLE:
        raise Refused(N_("No selection keeps these limits. Change them first."))
    if approver_id == selection.proposed_by_id:
        raise Refused(N_("You proposed this selection. A second organizer must approve it."))
    of_selection = sa.select(SelectionCandidate).where(SelectionCandidate.selection_id == selection.id)
    rows = session.scalars(of_selection.order_by(SelectionCandidate.merit.desc(), SelectionCandidate.person_id)).all()
    if any(approver_id in (row.person_id, *row.also_ids) for row in rows):
        raise Refused(N_("You are a candidate yourself. Another organizer must approve the selection."))
    chosen = [row for row in rows if row.is_chosen]
    if not chosen:
        raise Refused(N_("This selection invites nobody."))
    return chosen


def _settle(
    session: Session,
    *,
    selection: Selection,
    chosen: Collection[SelectionCandidate],
    limits: LimitSet,
    now: datetime,
) -> tuple[list[Invitation], list[Invitation]]:
    """Invite the newcomers, keep who was chosen before, and let go of whom nobody has written to yet.

    Returns the newcomers and those let go. Raises Conflict where an answer came in since, Refused where seats or
    money would not last.
    """
    invited = invitations_of(session, call_id=selection.call_id, lock=True)
    found = [(row, of_account(row, invited)) for row in chosen]
    kept = [invitation for _, invitation in found if invitation]
    _check_answers(invited, kept)
    dropped = [each for each in invited.values() if each.state is InvitationState.SELECTED and each not in kept]
    for invitation in dropped:
        # Never offered: the person may be chosen again later.
        session.delete(invitation)
    for invitation in kept:
        invitation.selection_id = selection.id
    newcomers = [_invitation(selection, row, now) for row, invitation in found if invitation is None]
    _check_limits(limits, [*kept, *newcomers])
    session.add_all(newcomers)
    session.flush()
    _pair(newcomers, invited.values(), now)
    return newcomers, dropped


def _check_answers(invited: Mapping[int, Invitation], kept: Collection[Invitation]) -> None:
    holders = [invitation for invitation in invited.values() if invitation.state in HOLDING]
    if any(invitation.state in GONE for invitation in kept) or any(holder not in kept for holder in holders):
        raise Conflict(STALE)


def _check_limits(limits: LimitSet, invitations: Collection[Invitation]) -> None:
    committed = [invitation for invitation in invitations if invitation.state in COMMITTED]
    n_online = sum(invitation.attendance is Attendance.ONLINE for invitation in committed)
    is_full = not has_room(limits, n_in_room=len(committed) - n_online, n_online=n_online)
    if is_full or sum(invitation.cost_cents for invitation in committed) > limits.budget_cents:
        raise Refused(N_("With what is committed already this is above the limits in force."))


def _invitation(selection: Selection, row: SelectionCandidate, now: datetime) -> Invitation:
    return Invitation(
        call_id=selection.call_id,
        selection_id=selection.id,
        person_id=row.person_id,
        state=InvitationState.SELECTED,
        attendance=row.attendance,
        cost_cents=row.cost_cents,
        changed_at=now,
    )


def _pair(newcomers: Collection[Invitation], invited: Collection[Invitation], now: datetime) -> None:
    """Each newcomer takes the place of one who left, in the order of leaving."""
    left = [each for each in invited if each.state in GONE and each.replaced_by_id is None]
    in_order = sorted(left, key=lambda each: (each.changed_at, each.id))
    for gone, newcomer in zip(in_order, newcomers, strict=False):
        gone.replaced_by_id = newcomer.id
        if InvitationState.REPLACED in INVITATION_MOVES[gone.state]:
            gone.state, gone.changed_at = InvitationState.REPLACED, now


def _record_approval(
    session: Session,
    *,
    selection: Selection,
    newcomers: Collection[Invitation],
    dropped: Collection[Invitation],
    now: datetime,
) -> None:
    record(
        session,
        act="approve",
        subject="selection",
        subject_id=selection.id,
        call_id=selection.call_id,
        actor_id=selection.approved_by_id,
        now=now,
        n_invited=len(newcomers),
        n_dropped=len(dropped),
        replaces_id=selection.replaces_id,
        cost_total_cents=selection.cost_total_cents,
    )
