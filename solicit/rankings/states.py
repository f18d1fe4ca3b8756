"""The life of a ranking run."""

import enum

from solicit.words import N_


class RunState(enum.Enum):
    FROZEN = "frozen"
    PUBLISHED = "published"


MOVES: dict[RunState, frozenset[RunState]] = {
    RunState.FROZEN: frozenset({RunState.PUBLISHED}),
    RunState.PUBLISHED: frozenset(),
}


class Evidence(enum.Enum):
    RANKED = "ranked"
    INSUFFICIENT = "insufficient"


EVIDENCE_WORDS = {Evidence.RANKED: N_("Ranked"), Evidence.INSUFFICIENT: N_("Not ranked yet: fewer than 3 ratings")}
