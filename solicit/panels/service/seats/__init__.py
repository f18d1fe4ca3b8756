"""Who sits on panels: seats given by organizers, offers by mail and their answers, and what panelists know."""

from solicit.panels.service.seats.answers import accept_offer, check_accepts_answers, decline_offer
from solicit.panels.service.seats.offers import (
    expire_offers,
    invite,
    send_offer_again,
    withdraw_offer,
)
from solicit.panels.service.seats.profile import NewProfile, save_profile
from solicit.panels.service.seats.seating import (
    NewSeat,
    accept_statement,
    add_panel,
    change_seat,
    end_seats,
    seat_panelist,
    unseat_panelist,
)

__all__ = [
    "NewProfile",
    "NewSeat",
    "accept_offer",
    "accept_statement",
    "add_panel",
    "change_seat",
    "check_accepts_answers",
    "decline_offer",
    "end_seats",
    "expire_offers",
    "invite",
    "save_profile",
    "seat_panelist",
    "send_offer_again",
    "unseat_panelist",
    "withdraw_offer",
]
