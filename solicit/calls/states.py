"""The life of a call, and the limits of its texts."""

import enum
from dataclasses import dataclass

from solicit.words import N_


class Kind(enum.Enum):
    """What can be sent to a call."""

    QUESTION = "question"
    PLAN = "plan"


KIND_WORDS = {Kind.QUESTION: N_("Question"), Kind.PLAN: N_("Exploration plan")}


class CallState(enum.Enum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    PUBLISHED = "published"
    ARCHIVED = "archived"


MOVES: dict[CallState, frozenset[CallState]] = {
    CallState.DRAFT: frozenset({CallState.OPEN}),
    CallState.OPEN: frozenset({CallState.CLOSED}),
    CallState.CLOSED: frozenset({CallState.OPEN, CallState.PUBLISHED}),
    CallState.PUBLISHED: frozenset({CallState.ARCHIVED}),
    CallState.ARCHIVED: frozenset(),
}

STAFF_WORDS = {
    CallState.DRAFT: N_("Draft"),
    CallState.OPEN: N_("Open"),
    CallState.CLOSED: N_("Closed"),
    CallState.PUBLISHED: N_("Published"),
    CallState.ARCHIVED: N_("Archived"),
}
PUBLIC_WORDS = STAFF_WORDS | {CallState.DRAFT: N_("In preparation"), CallState.PUBLISHED: N_("Results published")}


@dataclass(frozen=True)
class TextLimits:
    """Lengths in code points; editable per call."""

    title_min: int = 10
    title_max: int = 250
    overview_min: int = 30
    overview_max: int = 3_000
    significance_min: int = 30
    significance_max: int = 5_000
    approach_max: int = 8_000
