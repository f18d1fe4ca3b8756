"""Letters from preparing them to the last answer: every change is locked, audited, and does nothing twice."""

from solicit.invitations.service.letters.answers import accept, cancel_own, decline
from solicit.invitations.service.letters.batches import discard_letters, prepare_letters
from solicit.invitations.service.letters.deadlines import keep_deadlines
from solicit.invitations.service.letters.places import (
    cancel_all_of,
    cancel_place,
    confirm_place,
    send_letter_again,
)
from solicit.invitations.service.letters.send import send_letters

__all__ = [
    "accept",
    "cancel_all_of",
    "cancel_own",
    "cancel_place",
    "confirm_place",
    "decline",
    "discard_letters",
    "keep_deadlines",
    "prepare_letters",
    "send_letter_again",
    "send_letters",
]
