"""Seats offered by mail, and conflicts that are suspected."""

from builders import make_person

from solicit.access import service as access
from solicit.access.policy import Role
from solicit.clock import utcnow
from solicit.panels.models import ConflictOfInterest, SeatOffer
from solicit.panels.service import seats
from solicit.panels.states import ConflictSource, ConflictState, SeatLink
from solicit.panels.views.offers import links


def make_offer(session, call, panel, *, inviter=None, email="eva@example.org", now=None, **values) -> SeatOffer:
    """A seat that was offered by mail."""
    inviter = inviter or make_person(session)
    seat = seats.NewSeat(**dict(email=email, keywords=("dust",), max_load=30) | values)
    offer_id = seats.invite(
        session,
        call=call,
        links=links(),
        panel_id=panel.id,
        seat=seat,
        full_name="Eva Example",
        may_name_chairs=True,
        actor_id=inviter.id,
        now=now or utcnow(),
    )
    return session.get_one(SeatOffer, offer_id)


def link_of(call, offer) -> str:
    token = links().token(SeatLink.OFFER, number=offer.id, nonce=offer.nonce)
    return f"/en/{call.slug}/seat/{token}"


def make_suspicion(session, question, person, **values) -> ConflictOfInterest:
    """A suspected conflict, as the search leaves it."""
    source = values.pop("source", ConflictSource.INSTITUTION)
    defaults = dict(state=ConflictState.SUSPECTED, signs=[source.value], created_at=utcnow())
    row = ConflictOfInterest(question_id=question.id, person_id=person.id, source=source, **defaults | values)
    session.add(row)
    session.flush()
    return row


def make_chair(session, call, panel):
    person = make_person(session)
    access.grant_role(session, person_id=person.id, role=Role.CHAIR, call_id=call.id, panel_id=panel.id, now=utcnow())
    return person
