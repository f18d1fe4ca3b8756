"""The lives of rounds, assignments and votes, and what a conflict of interest may be."""

import enum
from datetime import timedelta

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


CONFLICT_MOVES: dict[ConflictState, frozenset[ConflictState]] = {
    ConflictState.SUSPECTED: frozenset({ConflictState.CONFIRMED, ConflictState.DISMISSED}),
    # A decision may be taken back while nothing has followed from it; a new sign asks again.
    ConflictState.CONFIRMED: frozenset({ConflictState.SUSPECTED}),
    ConflictState.DISMISSED: frozenset({ConflictState.SUSPECTED}),
}


class ConflictSource(enum.Enum):
    """Signs of a conflict, the gravest first."""

    OWN = "own"
    DECLARED = "declared"
    CO_AUTHOR = "co_author"
    GROUP = "group"
    INSTITUTION = "institution"
    COUNTRY = "country"


CONFLICT_SOURCE_WORDS = {
    ConflictSource.OWN: N_("Wrote a submission of this question"),
    ConflictSource.DECLARED: N_("Declared by the panelist"),
    ConflictSource.CO_AUTHOR: N_("Wrote a submission together with an author"),
    ConflictSource.GROUP: N_("Wrote a question that may be the same"),
    ConflictSource.INSTITUTION: N_("Same institution as an author"),
    ConflictSource.COUNTRY: N_("Same country as an author"),
}

CONFLICT_STATE_WORDS = {
    ConflictState.SUSPECTED: N_("Suspected"),
    ConflictState.CONFIRMED: N_("Confirmed"),
    ConflictState.DISMISSED: N_("Dismissed"),
}


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


class ProposalState(enum.Enum):
    PROPOSED = "proposed"
    DEPLOYED = "deployed"
    DISCARDED = "discarded"


PROPOSAL_MOVES: dict[ProposalState, frozenset[ProposalState]] = dict.fromkeys(ProposalState, frozenset()) | {
    ProposalState.PROPOSED: frozenset({ProposalState.DEPLOYED, ProposalState.DISCARDED})
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


class Alarm(enum.Enum):
    """What makes somebody look at a panelist's ratings."""

    AGAINST_THE_PANEL = "against_the_panel"
    IN_STEP = "in_step"


ALARM_WORDS = {
    Alarm.AGAINST_THE_PANEL: N_("Ratings run against the rest of the panel"),
    Alarm.IN_STEP: N_("Two panelists deviate in step"),
}


class CaseState(enum.Enum):
    OPEN = "open"
    EXPLAINED = "explained"
    UPHELD = "upheld"


CASE_WORDS: dict[CaseState, str] = {
    CaseState.OPEN: N_("To look into"),
    CaseState.EXPLAINED: N_("Explained"),
    CaseState.UPHELD: N_("Upheld: shown with and without"),
}

# What still asks for a rating, or has given one.
LIVE = (AssignmentState.ASSIGNED, AssignmentState.DRAFT, AssignmentState.SUBMITTED)
DONE = (AssignmentState.SUBMITTED, AssignmentState.ABSTAINED)
