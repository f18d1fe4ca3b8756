"""A meeting and its letters for tests."""

from datetime import timedelta

from builders import make_person
from builders_invitations import make_invitation

from solicit.clock import utcnow
from solicit.invitations.models import Meeting
from solicit.invitations.queries.meeting import meeting_of
from solicit.invitations.service import letters
from solicit.invitations.states import InvitationLink
from solicit.submissions.service.links import AnswerLinks

LEAD = timedelta(days=90)


def make_meeting(session, call, **values) -> Meeting:
    """A meeting in three months."""
    now = utcnow()
    first = (now + LEAD).date()
    defaults = dict(
        call_id=call.id,
        title="Deep-space seminar",
        starts_on=first,
        ends_on=first + timedelta(days=2),
        time_zone="Europe/Paris",
        venue="Hall 2",
        city="Paris",
        country="FR",
        organization="Academy of Space",
        address="1 Rue de la Lune\n75006 Paris",
        contact="meeting@academy.example",
        signatory="M. Curie",
        signatory_title="Director",
        changed_at=now,
    )
    meeting = Meeting(**defaults | values)
    session.add(meeting)
    session.flush()
    return meeting


def prepare(session, call, organizer, *, days=30) -> int:
    """Letters for everybody who is selected."""
    now = utcnow()
    answer_on = (now + timedelta(days=days)).date()
    return letters.prepare_letters(session, call_id=call.id, answer_on=answer_on, actor_id=organizer.id, now=now)


def send(session, call, batch_id: int, organizer, secret: str) -> int:
    links = AnswerLinks(secret)
    return letters.send_letters(
        session, call=call, links=links, batch_id=batch_id, approver_id=organizer.id, now=utcnow()
    )


def make_letter_batch(session, call, organizer, *people) -> int:
    """Prepared letters to people who were selected, or to one new person."""
    for person in people or [make_person(session)]:
        make_invitation(session, call, person=person)
    if meeting_of(session, call_id=call.id) is None:
        make_meeting(session, call)
    return prepare(session, call, organizer)


def token_of(invitation, secret: str) -> str:
    return AnswerLinks(secret).token(InvitationLink.INVITATION, number=invitation.id, nonce=invitation.nonce)
