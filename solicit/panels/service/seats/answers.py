"""What people answer who were offered a seat."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.errors import Closed, Refused, check_move
from solicit.panels.models import Panel, SeatOffer
from solicit.panels.service.seats.seating import OVER, NewSeat, locked_panel, put_on_seat, record_panel
from solicit.panels.states import SEAT_OFFER_MOVES, SeatOfferState
from solicit.people.models import Person
from solicit.people.service.accounts import confirmed_person_at
from solicit.submissions.service.links import LinkKey, LinkUsedUp, new_nonce
from solicit.words import N_


def accept_offer(
    session: Session,
    *,
    call: CallFacts,
    key: LinkKey,
    full_name: str,
    signed_in_id: int | None,
    locale: str,
    now: datetime,
) -> int:
    """Seat whoever has the address that the offer was sent to, with an account if they have none; return their id.

    The letter proved the address. Who has a confirmed account with it must be signed in to it; to open a new one
    somebody must be signed in to none.
    """
    offer = _asked(session, call, key, now)
    check_move(SEAT_OFFER_MOVES, offer.state, SeatOfferState.ACCEPTED)
    owner = session.scalar(sa.select(Person.id).where(Person.email == offer.email, Person.confirmed_at.is_not(None)))
    if owner != signed_in_id:
        raise Refused(N_("Sign in with the account of the invited address to accept."))
    person = confirmed_person_at(session, email=offer.email, full_name=full_name, locale=locale, now=now)
    seat = NewSeat(
        email=offer.email,
        is_chair=offer.is_chair,
        keywords=tuple(offer.keywords),
        languages=tuple(offer.languages),
        min_load=offer.min_load,
        max_load=offer.max_load,
    )
    seated = dict(call=call, panel_id=offer.panel_id, person_id=person.id, seat=seat)
    put_on_seat(session, actor_id=person.id, now=now, **seated)
    offer.state, offer.person_id, offer.nonce = SeatOfferState.ACCEPTED, person.id, new_nonce()
    offer.answered_at, offer.decline_reason = now, ""
    record_panel(session, "accept seat", call, offer.panel_id, actor_id=person.id, now=now, offer_id=offer.id)
    return person.id


def decline_offer(session: Session, *, call: CallFacts, key: LinkKey, reason: str, now: datetime) -> None:
    """Keep that somebody does not want a seat; they may think again while the link is good. No account is made."""
    offer = _asked(session, call, key, now)
    check_move(SEAT_OFFER_MOVES, offer.state, SeatOfferState.DECLINED)
    offer.state, offer.answered_at, offer.decline_reason = SeatOfferState.DECLINED, now, reason
    record_panel(session, "decline seat", call, offer.panel_id, actor_id=None, now=now, offer_id=offer.id)


def check_accepts_answers(call: CallFacts, *, expires_at: datetime, now: datetime) -> None:
    """Raise Closed once the time of an offer, or of its whole call, is over."""
    if call.state in OVER:
        raise Closed(N_("This call is over. Its panels need nobody any more."))
    if now >= expires_at:
        raise Closed(N_("The time to answer is over. Write to the organizers if you still want the seat."))


def _asked(session: Session, call: CallFacts, key: LinkKey, now: datetime) -> SeatOffer:
    """The offer that a link is bound to, locked after its panel. Of two answers the second finds another nonce."""
    of_call = sa.select(SeatOffer.panel_id).join(Panel, Panel.id == SeatOffer.panel_id)
    panel_id = session.scalar(of_call.where(SeatOffer.id == key.number, Panel.call_id == call.id))
    if panel_id is None:
        raise LinkUsedUp
    locked_panel(session, call, panel_id)
    wanted = sa.select(SeatOffer).where(SeatOffer.id == key.number, SeatOffer.nonce == key.nonce)
    offer = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if offer is None:
        raise LinkUsedUp
    check_accepts_answers(call, expires_at=offer.expires_at, now=now)
    return offer
