"""What panelists know, and the life of an offer of a seat."""

import enum
from datetime import timedelta

from solicit.words import N_


class Expertise(enum.Enum):
    """How well a panelist can judge a theme, as they say."""

    EXPERT = "expert"
    SOME = "some"
    NONE = "none"


EXPERTISE_WORDS = {
    Expertise.EXPERT: N_("My field"),
    Expertise.SOME: N_("I can judge it"),
    Expertise.NONE: N_("I cannot judge it"),
}


class SeatOfferState(enum.Enum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


SEAT_OFFER_MOVES: dict[SeatOfferState, frozenset[SeatOfferState]] = {
    SeatOfferState.OFFERED: frozenset(set(SeatOfferState) - {SeatOfferState.OFFERED}),
    SeatOfferState.ACCEPTED: frozenset(),
    # Somebody who declined may think again while the link is good.
    SeatOfferState.DECLINED: frozenset({SeatOfferState.ACCEPTED}),
    SeatOfferState.WITHDRAWN: frozenset(),
    SeatOfferState.EXPIRED: frozenset(),
}

SEAT_OFFER_WORDS = {
    SeatOfferState.OFFERED: N_("Invited"),
    SeatOfferState.ACCEPTED: N_("Accepted"),
    SeatOfferState.DECLINED: N_("Declined"),
    SeatOfferState.WITHDRAWN: N_("Withdrawn"),
    SeatOfferState.EXPIRED: N_("Expired"),
}

OFFER_LIFE = timedelta(days=14)

BETWEEN_OFFERS = timedelta(days=1)


class SeatLink(enum.Enum):
    """What a mailed link about a seat asks."""

    OFFER = "seat offer"
