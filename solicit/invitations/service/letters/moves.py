"""One step of an invitation's life, written with its time and into the audit."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.errors import Refused, check_move
from solicit.invitations.models import Invitation, SelectionCandidate
from solicit.invitations.service.travel import forget_travel
from solicit.invitations.states import INVITATION_MOVES, InvitationState
from solicit.words import N_

ACTS = {
    InvitationState.OFFERED: "offer",
    InvitationState.ACCEPTED: "accept",
    InvitationState.DECLINED: "decline",
    InvitationState.EXPIRED: "expire",
    InvitationState.CONFIRMED: "confirm",
    InvitationState.CANCELLED: "cancel",
}


def move(session: Session, invitation: Invitation, to: InvitationState, *, actor_id: int | None, now: datetime) -> None:
    """Move a locked invitation on; raises InvalidMove where its life does not go that way."""
    check_move(INVITATION_MOVES, invitation.state, to)
    invitation.state, invitation.changed_at = to, now
    if to in (InvitationState.ACCEPTED, InvitationState.DECLINED):
        invitation.answered_at = now
    elif to is InvitationState.CONFIRMED:
        invitation.confirmed_at = now
    elif to is InvitationState.CANCELLED:
        invitation.cancelled_at = now
        forget_travel(session, invitation_id=invitation.id)
    session.flush()
    record(
        session,
        act=ACTS[to],
        subject="invitation",
        subject_id=invitation.id,
        call_id=invitation.call_id,
        actor_id=actor_id,
        now=now,
    )


LETTERS = N_("You are a candidate yourself. Other organizers must prepare and approve the letters.")


def check_no_candidate(session: Session, *, call_id: int, actor_id: int, message: str = LETTERS) -> None:
    """An organizer who is a candidate of a selection that people were invited by decides on no letters or places."""
    selections = sa.select(Invitation.selection_id).where(Invitation.call_id == call_id)
    is_candidate = sa.or_(
        SelectionCandidate.person_id == actor_id, sa.literal(actor_id) == sa.any_(SelectionCandidate.also_ids)
    )
    found = sa.select(SelectionCandidate.person_id).where(SelectionCandidate.selection_id.in_(selections), is_candidate)
    if session.scalar(found.limit(1)) is not None:
        raise Refused(message)
