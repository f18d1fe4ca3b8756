"""What organizers decide on one place: confirm it, cancel it, or write once more."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.models import Call
from solicit.calls.queries import CallFacts, call_facts
from solicit.errors import Closed, NotFound, Refused
from solicit.invitations.models import Invitation, LetterBatch, Meeting
from solicit.invitations.queries.meeting import meeting_from_json
from solicit.invitations.service.letters.batches import FRESH
from solicit.invitations.service.letters.moves import check_no_candidate, move
from solicit.invitations.service.letters.tell import invite_by_mail, tell_organizers, tell_person
from solicit.invitations.states import COMMITTED, InvitationState
from solicit.people.models import Person
from solicit.submissions.service.links import AnswerLinks, new_nonce
from solicit.words import N_

BETWEEN_LETTERS = timedelta(days=1)


def confirm_place(session: Session, *, call: CallFacts, invitation_id: int, actor_id: int, now: datetime) -> None:
    """Confirm the place of somebody who accepted, and tell them."""
    invitation = _locked(session, call, invitation_id, actor_id)
    if invitation.state is InvitationState.CONFIRMED:
        return
    move(session, invitation, InvitationState.CONFIRMED, actor_id=actor_id, now=now)
    told = dict(call=call, meeting=_meeting(session, invitation), now=now)
    tell_person(session, "invitation_confirmed", invitation, **told)


def cancel_place(
    session: Session, *, call: CallFacts, invitation_id: int, reason: str, actor_id: int, now: datetime
) -> None:
    """Cancel an invitation for a reason, which the person is told if they got a letter."""
    invitation = _locked(session, call, invitation_id, actor_id)
    if invitation.state is InvitationState.CANCELLED:
        return
    had_letter = invitation.state is not InvitationState.SELECTED
    invitation.cancel_reason = reason
    move(session, invitation, InvitationState.CANCELLED, actor_id=actor_id, now=now)
    if had_letter:
        told = dict(call=call, meeting=_meeting(session, invitation), now=now)
        tell_person(session, "invitation_cancelled", invitation, **told)
    tell_organizers(session, call=call, n_free=1, now=now)


def send_letter_again(
    session: Session, *, call: CallFacts, links: AnswerLinks, invitation_id: int, actor_id: int, now: datetime
) -> None:
    """Write once more to somebody who has not answered; the link of the mail before works no longer."""
    invitation = _locked(session, call, invitation_id, actor_id)
    if invitation.state is not InvitationState.OFFERED or now >= invitation.answer_by:
        raise Closed(N_("This invitation was answered, or its time is over."))
    if now - invitation.changed_at < BETWEEN_LETTERS:
        raise Refused(N_("We wrote to them less than a day ago. Give them some time."))
    invitation.nonce, invitation.changed_at = new_nonce(), now
    session.flush()
    about = dict(subject="invitation", subject_id=invitation.id, call_id=call.id)
    record(session, act="send again", actor_id=actor_id, now=now, **about)
    person = session.get_one(Person, invitation.person_id)
    told = dict(call=call, links=links, meeting=_meeting(session, invitation))
    invite_by_mail(session, invitation, person, now=now, **told)


def cancel_all_of(session: Session, *, person_id: int, now: datetime) -> int:
    """Cancel whatever is committed for somebody who leaves, so that their places come free; returns how many."""
    held = sa.select(Invitation).where(Invitation.person_id == person_id, still_matters(now))
    invitations = session.scalars(held.order_by(Invitation.id).with_for_update(), execution_options=FRESH).all()
    for invitation in invitations:
        move(session, invitation, InvitationState.CANCELLED, actor_id=None, now=now)
        slug = session.scalar(sa.select(Call.slug).where(Call.id == invitation.call_id))
        tell_organizers(session, call=call_facts(session, slug=slug), n_free=1, now=now, but_id=person_id)
    return len(invitations)


def still_matters(now: datetime) -> sa.ColumnElement[bool]:
    """A place that is committed at a meeting to come; what was spent on an earlier one stays spent."""
    over = sa.select(Meeting.call_id).where(Meeting.ends_on < now.date())
    return sa.and_(Invitation.state.in_(COMMITTED), Invitation.call_id.not_in(over))


def _locked(session: Session, call: CallFacts, invitation_id: int, actor_id: int) -> Invitation:
    wanted = sa.select(Invitation).where(Invitation.id == invitation_id, Invitation.call_id == call.id)
    invitation = session.scalar(wanted.with_for_update(), execution_options=FRESH)
    if invitation is None or invitation.person_id == actor_id:
        raise NotFound
    # A place that comes free could become theirs.
    message = N_("You are a candidate yourself. Another organizer must decide.")
    check_no_candidate(session, call_id=call.id, actor_id=actor_id, message=message)
    return invitation


def _meeting(session: Session, invitation: Invitation):
    return meeting_from_json(session.get_one(LetterBatch, invitation.batch_id).meeting)
