"""The lives of selections and invitations."""

import enum

from solicit.words import N_


class SelectionState(enum.Enum):
    PROPOSED = "proposed"
    APPROVED = "approved"


SELECTION_MOVES: dict[SelectionState, frozenset[SelectionState]] = {
    SelectionState.PROPOSED: frozenset({SelectionState.APPROVED}),
    SelectionState.APPROVED: frozenset(),
}

SELECTION_WORDS = {SelectionState.PROPOSED: N_("Proposed"), SelectionState.APPROVED: N_("Approved")}


class Rule(enum.Enum):
    """An organizer's pin on a candidate."""

    NONE = "none"
    ALWAYS = "always"
    NEVER = "never"


RULE_WORDS = {Rule.NONE: N_("No rule"), Rule.ALWAYS: N_("Always invite"), Rule.NEVER: N_("Never invite")}


class QuotaField(enum.Enum):
    """What a quota counts."""

    THEME = "theme"
    REGION = "region"
    CAREER = "career"
    COUNTRY = "country"


class InvitationState(enum.Enum):
    SELECTED = "selected"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    REPLACED = "replaced"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


INVITATION_MOVES: dict[InvitationState, frozenset[InvitationState]] = {
    InvitationState.SELECTED: frozenset({InvitationState.OFFERED, InvitationState.CANCELLED}),
    InvitationState.OFFERED: frozenset(
        {InvitationState.ACCEPTED, InvitationState.DECLINED, InvitationState.EXPIRED, InvitationState.CANCELLED}
    ),
    InvitationState.ACCEPTED: frozenset({InvitationState.CONFIRMED, InvitationState.CANCELLED}),
    InvitationState.DECLINED: frozenset({InvitationState.REPLACED}),
    InvitationState.EXPIRED: frozenset({InvitationState.REPLACED}),
    InvitationState.REPLACED: frozenset(),
    InvitationState.CONFIRMED: frozenset({InvitationState.CANCELLED}),
    InvitationState.CANCELLED: frozenset(),
}
