"""What invited people answer: yes, no, or later that they cannot come after all."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.errors import Closed
from solicit.invitations.models import Invitation
from solicit.invitations.queries.meeting import meeting_of
from solicit.invitations.service.letters.moves import move
from solicit.invitations.service.letters.tell import tell_organizers
from solicit.invitations.states import COMING, InvitationState
from solicit.people.models import Person
from solicit.submissions.service.links import LinkKey, LinkUsedUp
from solicit.words import N_


def accept(session: Session, *, call: CallFacts, key: LinkKey, now: datetime) -> None:
    """The invited person says yes; saying it twice changes nothing."""
    invitation = _held(session, call, key)
    if invitation.state in COMING:
        return
    _check_in_time(invitation, now)
    move(session, invitation, InvitationState.ACCEPTED, actor_id=invitation.person_id, now=now)


def decline(session: Session, *, call: CallFacts, key: LinkKey, note: str, now: datetime) -> None:
    """The invited person says no, and the organizers learn that a place came free."""
    invitation = _held(session, call, key)
    if invitation.state is InvitationState.DECLINED:
        return
    _check_in_time(invitation, now)
    invitation.answer_note = note
    move(session, invitation, InvitationState.DECLINED, actor_id=invitation.person_id, now=now)
    tell_organizers(session, call=call, n_free=1, now=now)


def cancel_own(session: Session, *, call: CallFacts, key: LinkKey, reason: str, now: datetime) -> None:
    """Somebody who had accepted cannot come after all."""
    invitation = _held(session, call, key)
    if invitation.state is InvitationState.CANCELLED:
        return
    if invitation.state not in COMING:
        raise Closed(N_("Only a place that you accepted can be given back."))
    meeting = meeting_of(session, call_id=call.id)
    if meeting and meeting.is_over(now):
        raise Closed(N_("The meeting is over."))
    invitation.cancel_reason = reason
    move(session, invitation, InvitationState.CANCELLED, actor_id=invitation.person_id, now=now)
    tell_organizers(session, call=call, n_free=1, now=now)


def _held(session: Session, call: CallFacts, key: LinkKey) -> Invitation:
    """The invitation that a link or an account stands for, locked; a nonce of an older letter finds nothing."""
    wanted = (
        sa.select(Invitation)
        .join(Person, Person.id == Invitation.person_id)
        .where(Invitation.id == key.number, Invitation.nonce == key.nonce, Invitation.call_id == call.id)
        .where(Invitation.offered_at.is_not(None), Person.active)
        .with_for_update(of=Invitation)
    )
    invitation = session.scalar(wanted.execution_options(populate_existing=True))
    if invitation is None:
        raise LinkUsedUp
    return invitation


def _check_in_time(invitation: Invitation, now: datetime) -> None:
    if invitation.state is InvitationState.CANCELLED:
        raise Closed(N_("This invitation was cancelled."))
    if invitation.state is not InvitationState.OFFERED:
        raise Closed(N_("This invitation was answered, or its time is over."))
    if now >= invitation.answer_by:
        raise Closed(N_("The time to answer is over. Write to the organizers if you still want to come."))
