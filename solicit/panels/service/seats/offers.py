"""Inviting people to panels by mail: nobody is seated before they accept."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from solicit.audit.service import record_all
from solicit.calls.queries import CallFacts
from solicit.db import violated_constraint
from solicit.errors import Conflict, NotFound, Refused, check_move
from solicit.mail.service import Recipient, enqueue
from solicit.panels.models import Panel, Panelist, SeatOffer
from solicit.panels.service.seats.seating import OVER, NewSeat, locked_panel, record_panel
from solicit.panels.states import BETWEEN_OFFERS, OFFER_LIFE, SEAT_OFFER_MOVES, SeatLink, SeatOfferState
from solicit.people.models import Person
from solicit.submissions.service.letters import in_utc
from solicit.submissions.service.links import AnswerLinks, new_nonce
from solicit.words import N_

SEAT_OFFER = "seat_offer"
LETTERS_A_DAY = 60
LETTERS_TO_ONE = 3
FORGOTTEN_AFTER = timedelta(days=365)


def invite(
    session: Session,
    *,
    call: CallFacts,
    links: AnswerLinks,
    panel_id: int,
    seat: NewSeat,
    full_name: str,
    may_name_chairs: bool,
    actor_id: int,
    now: datetime,
) -> int:
    """Offer a seat to an address and write to it; return the offer's id."""
    panel = locked_panel(session, call, panel_id)
    if seat.is_chair and not may_name_chairs:
        raise Refused(N_("Only organizers name a chair."))
    email = seat.email.lower()
    _check_not_seated(session, panel_id, email)
    offer = SeatOffer(
        panel_id=panel_id,
        email=email,
        full_name=full_name,
        is_chair=seat.is_chair,
        keywords=list(seat.keywords),
        languages=list(seat.languages),
        min_load=seat.min_load,
        max_load=seat.max_load,
    )
    # A new offer takes the place of those that were declined before: one address has one link.
    session.execute(sa.update(SeatOffer).where(_to(panel_id, email)).values(nonce=new_nonce()))
    _send(session, call, links, panel, offer, actor_id, now)
    record_panel(session, "offer seat", call, panel_id, actor_id=actor_id, now=now, is_chair=offer.is_chair)
    return offer.id


def send_offer_again(
    session: Session,
    *,
    call: CallFacts,
    links: AnswerLinks,
    panel_id: int,
    offer_id: int,
    actor_id: int,
    now: datetime,
) -> None:
    """Write once more and give the offer its whole time again; the link of the letter before is used up with it."""
    panel = locked_panel(session, call, panel_id)
    offer = _waiting(session, panel_id, offer_id)
    if now - offer.offered_at < BETWEEN_OFFERS:
        raise Refused(N_("We wrote to them less than a day ago. Give them some time."))
    _send(session, call, links, panel, offer, actor_id, now)
    record_panel(session, "offer seat again", call, panel_id, actor_id=actor_id, now=now, offer_id=offer_id)


def withdraw_offer(
    session: Session, *, call: CallFacts, panel_id: int, offer_id: int, actor_id: int, now: datetime
) -> None:
    """Take an offer back before it is answered."""
    locked_panel(session, call, panel_id)
    offer = _waiting(session, panel_id, offer_id)
    check_move(SEAT_OFFER_MOVES, offer.state, SeatOfferState.WITHDRAWN)
    offer.state, offer.nonce = SeatOfferState.WITHDRAWN, new_nonce()
    record_panel(session, "withdraw seat offer", call, panel_id, actor_id=actor_id, now=now, offer_id=offer_id)


def expire_offers(session: Session, *, now: datetime) -> int:
    """End the offers whose time is over, and forget those that led nowhere a year ago; return how many ended."""
    over = sa.select(SeatOffer).where(SeatOffer.state == SeatOfferState.OFFERED, SeatOffer.expires_at <= now)
    offers = session.scalars(over.order_by(SeatOffer.id).with_for_update(skip_locked=True)).all()
    for offer in offers:
        check_move(SEAT_OFFER_MOVES, offer.state, SeatOfferState.EXPIRED)
        offer.state, offer.nonce = SeatOfferState.EXPIRED, new_nonce()
    session.flush()
    ended = dict(subject="seat_offer", subject_ids=[offer.id for offer in offers], actor_id=None, now=now)
    record_all(session, act="expire", **ended)
    nowhere = SeatOffer.state.in_((SeatOfferState.DECLINED, SeatOfferState.WITHDRAWN, SeatOfferState.EXPIRED))
    session.execute(sa.delete(SeatOffer).where(nowhere, SeatOffer.expires_at <= now - FORGOTTEN_AFTER))
    return len(offers)


def _send(
    session: Session,
    call: CallFacts,
    links: AnswerLinks,
    panel: Panel,
    offer: SeatOffer,
    actor_id: int,
    now: datetime,
) -> None:
    if call.state in OVER:
        raise Refused(N_("This call is over: nobody is invited to its panels any more."))
    _check_letters(session, actor_id, offer.email, now)
    offer.offered_by_id, offer.nonce = actor_id, new_nonce()
    offer.offered_at, offer.expires_at = now, now + OFFER_LIFE
    _store(session, offer)
    inviter = session.get_one(Person, actor_id)
    person = session.scalar(sa.select(Person).where(Person.email == offer.email))
    locale = person.locale if person else inviter.locale
    token = links.token(SeatLink.OFFER, number=offer.id, nonce=offer.nonce)
    params = dict(
        inviter=inviter.full_name,
        call=call.title,
        panel=panel.name,
        is_chair=offer.is_chair,
        max_load=offer.max_load,
        until=in_utc(offer.expires_at, locale),
        path=f"/{locale}/{call.slug}/seat/{token}",
    )
    to = Recipient(offer.email, locale, person.id if person else None)
    enqueue(session, to=to, kind=SEAT_OFFER, params=params, now=now, call_id=call.id)


def _store(session: Session, offer: SeatOffer) -> None:
    try:
        with session.begin_nested():
            session.add(offer)
            session.flush()
    except IntegrityError as error:
        if violated_constraint(error) == "uq_seat_offer_waiting":
            raise Conflict(N_("This address is invited already. Send the letter again from the list.")) from None
        raise


def _check_not_seated(session: Session, panel_id: int, email: str) -> None:
    seated = sa.select(Panelist.person_id).join(Person, Person.id == Panelist.person_id)
    if session.scalar(seated.where(Panelist.panel_id == panel_id, Person.email == email)) is not None:
        raise Refused(N_("Somebody with this address sits on the panel already."))


def _check_letters(session: Session, actor_id: int, email: str, now: datetime) -> None:
    """Inviting is no way to write to strangers in great number, or to one of them again and again."""
    written = sa.select(sa.func.count()).where(
        SeatOffer.offered_by_id == actor_id, SeatOffer.offered_at > now - timedelta(days=1)
    )
    if session.scalar(written.where(SeatOffer.email == email)) >= LETTERS_TO_ONE:
        raise Refused(N_("You invited this address %(most)s times within a day. Wait a day."), most=LETTERS_TO_ONE)
    if session.scalar(written) >= LETTERS_A_DAY:
        raise Refused(N_("You invited %(most)s people within a day. Invite the others tomorrow."), most=LETTERS_A_DAY)


def _to(panel_id: int, email: str) -> sa.ColumnElement[bool]:
    declined = SeatOffer.state == SeatOfferState.DECLINED
    return sa.and_(SeatOffer.panel_id == panel_id, SeatOffer.email == email, declined)


def _waiting(session: Session, panel_id: int, offer_id: int) -> SeatOffer:
    wanted = sa.select(SeatOffer).where(SeatOffer.id == offer_id, SeatOffer.panel_id == panel_id)
    offer = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if offer is None:
        raise NotFound
    if offer.state is not SeatOfferState.OFFERED:
        raise Conflict(N_("This invitation was answered, taken back or has ended in the meantime."))
    return offer
