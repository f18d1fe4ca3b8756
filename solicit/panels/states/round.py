"""The lives of rounds, proposals and assignments."""

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


class Activity(enum.Enum):
    """What panelists do in a round."""

    SCORING = "scoring"
    COMPARING = "comparing"
    BALLOT = "ballot"
    DISCUSSION = "discussion"


ACTIVITY_WORDS = {
    Activity.SCORING: N_("Scoring"),
    Activity.COMPARING: N_("Comparing pairs"),
    Activity.BALLOT: N_("Ranked ballots"),
    Activity.DISCUSSION: N_("Discussion"),
}


class Pick(enum.Enum):
    """Why a question is part of a later round."""

    SHORTLIST = "shortlist"
    CONTESTED = "contested"
    CHOSEN = "chosen"
    # A question of the list was merged into it after the list was made.
    MERGED = "merged"


class ProposalState(enum.Enum):
    PROPOSED = "proposed"
    DEPLOYED = "deployed"
    DISCARDED = "discarded"


PROPOSAL_MOVES: dict[ProposalState, frozenset[ProposalState]] = dict.fromkeys(ProposalState, frozenset()) | {
    ProposalState.PROPOSED: frozenset({ProposalState.DEPLOYED, ProposalState.DISCARDED})
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
        {AssignmentState.SUBMITTED, AssignmentState.ABSTAINED, AssignmentState.VOIDED}
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


# What still asks for a rating, or has given one.
LIVE = (AssignmentState.ASSIGNED, AssignmentState.DRAFT, AssignmentState.SUBMITTED)
DONE = (AssignmentState.SUBMITTED, AssignmentState.ABSTAINED)
UNDONE = (AssignmentState.ASSIGNED, AssignmentState.DRAFT)
