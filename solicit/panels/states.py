"""The lives of rounds and assignments, and what a conflict of interest may be."""

import enum

from solicit.words import N_


class RoundState(enum.Enum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    FROZEN = "frozen"


ROUND_MOVES: dict[RoundState, frozenset[RoundState]] = {
    RoundState.DRAFT: frozenset({RoundState.OPEN}),
    RoundState.OPEN: frozenset({RoundState.CLOSED}),
    RoundState.CLOSED: frozenset({RoundState.OPEN, RoundState.FROZEN}),
    RoundState.FROZEN: frozenset(),
}

ROUND_WORDS = {
    RoundState.DRAFT: N_("In preparation"),
    RoundState.OPEN: N_("Open"),
    RoundState.CLOSED: N_("Closed"),
    RoundState.FROZEN: N_("Frozen"),
}


class AssignmentState(enum.Enum):
    ASSIGNED = "assigned"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    ABSTAINED = "abstained"
    VOIDED = "voided"


ASSIGNMENT_MOVES: dict[AssignmentState, frozenset[AssignmentState]] = {
    AssignmentState.ASSIGNED: frozenset(
        {AssignmentState.DRAFT, AssignmentState.SUBMITTED, AssignmentState.ABSTAINED, AssignmentState.VOIDED}
    ),
    AssignmentState.DRAFT: frozenset(
        {AssignmentState.DRAFT, AssignmentState.SUBMITTED, AssignmentState.ABSTAINED, AssignmentState.VOIDED}
    ),
    # A review may be changed while its round is open.
    AssignmentState.SUBMITTED: frozenset(
        {AssignmentState.SUBMITTED, AssignmentState.ABSTAINED, AssignmentState.VOIDED}
    ),
    AssignmentState.ABSTAINED: frozenset(
        {AssignmentState.DRAFT, AssignmentState.SUBMITTED, AssignmentState.ABSTAINED, AssignmentState.VOIDED}
    ),
    AssignmentState.VOIDED: frozenset(),
}

ASSIGNMENT_WORDS = {
    AssignmentState.ASSIGNED: N_("To do"),
    AssignmentState.DRAFT: N_("Started"),
    AssignmentState.SUBMITTED: N_("Done"),
    AssignmentState.ABSTAINED: N_("Abstained"),
    AssignmentState.VOIDED: N_("Conflict"),
}


class Confidence(enum.Enum):
    """How well a panelist knows a question's field; outside means no scores."""

    MY_FIELD = "my_field"
    WELL_ENOUGH = "well_enough"
    OUTSIDE = "outside"


CONFIDENCE_WORDS = {
    Confidence.MY_FIELD: N_("This is my field"),
    Confidence.WELL_ENOUGH: N_("I know it well enough"),
    Confidence.OUTSIDE: N_("Outside my expertise"),
}


class ConflictState(enum.Enum):
    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


class ConflictSource(enum.Enum):
    DECLARED = "declared"
    OWN = "own"


CONFLICT_SOURCE_WORDS = {
    ConflictSource.DECLARED: N_("Declared by the panelist"),
    ConflictSource.OWN: N_("Wrote a submission of this question"),
}


# What still asks for a rating, or has given one.
LIVE = (AssignmentState.ASSIGNED, AssignmentState.DRAFT, AssignmentState.SUBMITTED)
DONE = (AssignmentState.SUBMITTED, AssignmentState.ABSTAINED)
