"""The lives of votes, and what the chain seals of them."""

import enum

from solicit.words import N_


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


class ComparisonState(enum.Enum):
    OFFERED = "offered"
    JUDGED = "judged"
    VOIDED = "voided"


COMPARISON_MOVES: dict[ComparisonState, frozenset[ComparisonState]] = {
    ComparisonState.OFFERED: frozenset({ComparisonState.JUDGED, ComparisonState.VOIDED}),
    # A choice may be undone while its round is open.
    ComparisonState.JUDGED: frozenset({ComparisonState.OFFERED, ComparisonState.VOIDED}),
    ComparisonState.VOIDED: frozenset(),
}


class Preference(enum.Enum):
    """Which of the two cards matters more; undecided has a reason and gives no vote."""

    LEFT = "left"
    RIGHT = "right"
    EQUAL = "equal"
    UNDECIDED = "undecided"


class BallotState(enum.Enum):
    """A conflict takes its question out where votes are counted; the ballot itself stays as it was sealed."""

    DRAFT = "draft"
    SUBMITTED = "submitted"


BALLOT_MOVES: dict[BallotState, frozenset[BallotState]] = {
    BallotState.DRAFT: frozenset({BallotState.SUBMITTED}),
    # A submitted ballot may be taken back while its round is open.
    BallotState.SUBMITTED: frozenset({BallotState.DRAFT}),
}


class VoteKind(enum.Enum):
    """What a sealed vote is: of an assignment, a comparison or a ballot."""

    REVIEW = "review"
    COMPARISON = "comparison"
    BALLOT = "ballot"


class ChainAct(enum.Enum):
    """What a link of the audit chain seals."""

    OPEN = "open"
    CAST = "cast"
    VOID = "void"
    CLOSE = "close"
    REOPEN = "reopen"
    FREEZE = "freeze"
    # Votes that name a question stop counting when it is merged, and count again once that is undone.
    MERGE = "merge"
    UNMERGE = "unmerge"
