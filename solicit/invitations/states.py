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


class Outcome(enum.Enum):
    """How the search for a selection ended."""

    OPTIMAL = "optimal"
    NODE_LIMIT = "node_limit"
    INFEASIBLE = "infeasible"


class Basis(enum.Enum):
    """Where a candidate's merit comes from."""

    QUESTIONS = "questions"
    STATEMENT = "statement"
    WAITING = "waiting"


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


QUOTA_FIELD_WORDS = {
    QuotaField.THEME: N_("Theme"),
    QuotaField.REGION: N_("Region"),
    QuotaField.CAREER: N_("Career"),
    QuotaField.COUNTRY: N_("Country"),
}


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

INVITATION_WORDS = {
    InvitationState.SELECTED: N_("Selected"),
    InvitationState.OFFERED: N_("Invited"),
    InvitationState.ACCEPTED: N_("Accepted"),
    InvitationState.DECLINED: N_("Declined"),
    InvitationState.EXPIRED: N_("Expired"),
    InvitationState.REPLACED: N_("Replaced"),
    InvitationState.CONFIRMED: N_("Confirmed"),
    InvitationState.CANCELLED: N_("Cancelled"),
}
