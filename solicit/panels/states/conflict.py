"""What a conflict of interest may be, and how it is decided."""

import enum

from solicit.words import N_


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
