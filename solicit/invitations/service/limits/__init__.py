"""Limits: drawn up by one organizer before names are shown, changed by two afterwards."""

from solicit.invitations.service.limits.change import ask_change, put_change_in_force, refuse_change
from solicit.invitations.service.limits.check import MOST_MONEY_CENTS, MOST_SEATS, check_limits, has_room
from solicit.invitations.service.limits.draft import discard_draft, put_in_force, save_draft
from solicit.invitations.service.limits.rows import locked_in_force, locked_sets

__all__ = [
    "MOST_MONEY_CENTS",
    "MOST_SEATS",
    "ask_change",
    "check_limits",
    "discard_draft",
    "has_room",
    "locked_in_force",
    "locked_sets",
    "put_change_in_force",
    "put_in_force",
    "refuse_change",
    "save_draft",
]
