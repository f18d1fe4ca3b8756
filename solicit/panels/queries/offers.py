"""Seats that were offered by mail: the list of a panel, and what somebody is asked who has the link."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from solicit.access.policy import Subject
from solicit.calls.models import Call
from solicit.calls.queries import CallFacts, ThemeView, Words
from solicit.calls.queries.words import Speaker, spoken_in
from solicit.panels.models import Panel, Round, SeatOffer
from solicit.panels.queries.signs import NOBODY, Judges, found_signs, policy_of
from solicit.panels.states import (
    ACTIVITY_WORDS,
    BETWEEN_OFFERS,
    SEAT_OFFER_WORDS,
    RoundState,
    SeatOfferState,
)
from solicit.people.models import Person
from solicit.questions.models import Question
from solicit.questions.queries.involvement import is_involved, questions_in_conflict_with
from solicit.questions.states import QuestionState
from solicit.web.pagination import Window

inviter = aliased(Person, name="inviter")


@dataclass(frozen=True)
class OfferRow:
    """An offer in the list of its panel; ``reason`` is for organizers alone."""

    id: int
    panel: str
    email: str
    full_name: str
    is_chair: bool
    max_load: int
    state: SeatOfferState
    offered_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    reason: str
    inviter: str
    may_send: bool

    @property
    def state_word(self) -> str:
        return SEAT_OFFER_WORDS[self.state]

    @property
    def is_waiting(self) -> bool:
        return self.state is SeatOfferState.OFFERED


@dataclass(frozen=True)
class PlannedRound:
    name: str
    activity_word: str
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True)
class SeatAsked:
    """A seat as whoever was asked sees it. ``person_id`` is whose confirmed account has the address, if anybody's."""

    id: int
    nonce: str
    email: str
    full_name: str
    panel: str
    theme: ThemeView | None
    is_chair: bool
    inviter: str
    keywords: tuple[str, ...]
    languages: tuple[str, ...]
    min_load: int
    max_load: int
    expires_at: datetime
    has_declined: bool
    person_id: int | None
    confidentiality: Words
    rounds: tuple[PlannedRound, ...]


@dataclass(frozen=True)
class AddressCheck:
    """In how many questions of a call an address has a part, and with how many it may be in conflict."""

    email: str
    n_questions: int
    n_own: int
    n_suspected: int


def offer_subject(session: Session, *, call: CallFacts, panel_id: int, offer_id: int, **_) -> Subject | None:
    """Facts for the policy: an offer belongs to its panel."""
    of_panel = sa.select(SeatOffer.id).join(Panel, Panel.id == SeatOffer.panel_id)
    wanted = of_panel.where(SeatOffer.id == offer_id, Panel.id == panel_id, Panel.call_id == call.id)
    return Subject(call_id=call.id, panel_id=panel_id) if session.scalar(wanted) else None


def offer_rows(
    session: Session, *, panel_id: int, shows_reasons: bool, now: datetime, window: Window
) -> tuple[tuple[OfferRow, ...], int]:
    """A page of a panel's offers, the latest first, and how many there are; two statements."""
    total = session.scalar(sa.select(sa.func.count()).where(SeatOffer.panel_id == panel_id))
    wanted = _offers().where(SeatOffer.panel_id == panel_id).limit(window.size).offset(window.offset)
    return tuple(_offer_row(*row, shows_reasons, now) for row in session.execute(wanted)), total


def offers_of_call(session: Session, *, call_id: int, now: datetime) -> tuple[OfferRow, ...]:
    """Every offer of a call with its reasons, for organizers; one statement."""
    found = session.execute(_offers().where(Panel.call_id == call_id))
    return tuple(_offer_row(*row, True, now) for row in found)


def seat_asked(
    session: Session, *, call: CallFacts, offer_id: int, nonce: str, language: str | None = None
) -> SeatAsked | None:
    """The offer behind a link, unless it was answered for good or taken back; two statements."""
    row = session.execute(
        sa.select(SeatOffer, Panel, inviter.full_name, Person.id, Call.confidentiality, spoken_in(language))
        .join(Panel, Panel.id == SeatOffer.panel_id)
        .join(Call, Call.id == Panel.call_id)
        .outerjoin(inviter, inviter.id == SeatOffer.offered_by_id)
        .outerjoin(Person, sa.and_(Person.email == SeatOffer.email, Person.confirmed_at.is_not(None)))
        .where(SeatOffer.id == offer_id, SeatOffer.nonce == nonce, Panel.call_id == call.id)
    ).one_or_none()
    if row is None:
        return None
    offer, panel, inviter_name, person_id, confidentiality, spoken = row
    speaker = Speaker(own=call.language, language=language, spoken=spoken)
    return SeatAsked(
        id=offer.id,
        nonce=offer.nonce,
        email=offer.email,
        full_name=offer.full_name,
        panel=panel.name,
        theme=call.theme_by_id(panel.theme_id),
        is_chair=offer.is_chair,
        inviter=inviter_name or "",
        keywords=tuple(offer.keywords),
        languages=tuple(offer.languages),
        min_load=offer.min_load,
        max_load=offer.max_load,
        expires_at=offer.expires_at,
        has_declined=offer.state is SeatOfferState.DECLINED,
        person_id=person_id,
        confidentiality=speaker.say("confidentiality", confidentiality),
        rounds=_planned(session, call.id, panel.id),
    )


def check_of_address(session: Session, *, call: CallFacts, email: str, viewer_id: int) -> AddressCheck:
    """What a call would close to an address, in numbers; never of questions in which the viewer has a part.

    Six statements.
    """
    known = sa.and_(
        Question.call_id == call.id, Question.state == QuestionState.IN_SCOPE, ~is_involved(viewer_id, Question.id)
    )
    person_id = session.scalar(sa.select(Person.id).where(Person.email == email)) or NOBODY
    own = Question.id.in_(questions_in_conflict_with(person_id))
    n_questions, n_own = session.execute(
        sa.select(sa.func.count(), sa.func.count().filter(own)).select_from(Question).where(known)
    ).one()
    judges = Judges(sa.select(sa.literal(person_id, sa.BigInteger)), extra_email="" if person_id else email)
    policy = policy_of(session, call_id=call.id)
    found = found_signs(session, call_id=call.id, policy=policy, judges=judges).subquery("found")
    suspected = sa.select(sa.func.count(sa.distinct(Question.id))).join(found, found.c.question_id == Question.id)
    return AddressCheck(email, n_questions, n_own, session.scalar(suspected.where(known, ~own)))


def _offers() -> sa.Select:
    return (
        sa.select(SeatOffer, Panel.name, inviter.full_name)
        .join(Panel, Panel.id == SeatOffer.panel_id)
        .outerjoin(inviter, inviter.id == SeatOffer.offered_by_id)
        .order_by(SeatOffer.offered_at.desc(), SeatOffer.id.desc())
    )


def _offer_row(offer: SeatOffer, panel: str, inviter_name: str | None, shows_reasons: bool, now: datetime) -> OfferRow:
    return OfferRow(
        id=offer.id,
        panel=panel,
        email=offer.email,
        full_name=offer.full_name,
        is_chair=offer.is_chair,
        max_load=offer.max_load,
        state=offer.state,
        offered_at=offer.offered_at,
        expires_at=offer.expires_at,
        answered_at=offer.answered_at,
        reason=offer.decline_reason if shows_reasons else "",
        inviter=inviter_name or "",
        may_send=offer.state is SeatOfferState.OFFERED and now - offer.offered_at >= BETWEEN_OFFERS,
    )


def _planned(session: Session, call_id: int, panel_id: int) -> tuple[PlannedRound, ...]:
    """The rounds that a panelist of this panel would work in."""
    wanted = (
        sa.select(Round.name, Round.activity, Round.opens_at, Round.closes_at)
        .where(Round.call_id == call_id, sa.or_(Round.panel_id.is_(None), Round.panel_id == panel_id))
        .where(Round.state.in_((RoundState.DRAFT, RoundState.OPEN)))
        .order_by(Round.opens_at, Round.id)
    )
    return tuple(
        PlannedRound(name, ACTIVITY_WORDS[activity], opens_at, closes_at)
        for name, activity, opens_at, closes_at in session.execute(wanted)
    )
