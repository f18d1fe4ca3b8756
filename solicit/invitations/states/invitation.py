"""The lives of letters and invitations, and how somebody takes part."""

import enum

from solicit.words import N_


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


# Those who said yes.
COMING = (InvitationState.ACCEPTED, InvitationState.CONFIRMED)
# Those who know that they are invited and did not say no: nobody takes their seat.
HOLDING = (InvitationState.OFFERED, *COMING)
# Those whose cost is committed.
COMMITTED = (InvitationState.SELECTED, *HOLDING)
# Those who give their seat back.
GONE = (
    InvitationState.DECLINED,
    InvitationState.EXPIRED,
    InvitationState.REPLACED,
    InvitationState.CANCELLED,
)


class InvitationLink(enum.Enum):
    """What a mailed link about an invitation asks."""

    INVITATION = "invitation"


class Attendance(enum.Enum):
    IN_PERSON = "in person"
    ONLINE = "online"


ATTENDANCE_WORDS = {Attendance.IN_PERSON: N_("In person"), Attendance.ONLINE: N_("Online")}


class BatchState(enum.Enum):
    """Letters that one organizer prepared and another must approve before they leave."""

    PREPARED = "prepared"
    SENT = "sent"
    DISCARDED = "discarded"


BATCH_MOVES: dict[BatchState, frozenset[BatchState]] = {
    BatchState.PREPARED: frozenset({BatchState.SENT, BatchState.DISCARDED}),
    BatchState.SENT: frozenset(),
    BatchState.DISCARDED: frozenset(),
}

BATCH_WORDS = {
    BatchState.PREPARED: N_("Waiting for a second organizer"),
    BatchState.SENT: N_("Sent"),
    BatchState.DISCARDED: N_("Discarded"),
}


class SpendingKind(enum.Enum):
    TRAVEL = "travel"
    STAY = "stay"
    VISA = "visa"
    INSURANCE = "insurance"
    ONLINE = "online"
    OTHER = "other"


SPENDING_WORDS = {
    SpendingKind.TRAVEL: N_("Travel"),
    SpendingKind.STAY: N_("Stay"),
    SpendingKind.VISA: N_("Visa"),
    SpendingKind.INSURANCE: N_("Insurance"),
    SpendingKind.ONLINE: N_("Online participation"),
    SpendingKind.OTHER: N_("Other"),
}
