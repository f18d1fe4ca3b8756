"""The life of a grouping, and how fine it is to be."""

import enum

from solicit.words import N_


class RunState(enum.Enum):
    """A grouping is a proposal until an organizer takes it or leaves it."""

    RUNNING = "running"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DISCARDED = "discarded"


MOVES: dict[RunState, frozenset[RunState]] = {
    RunState.RUNNING: frozenset({RunState.PROPOSED, RunState.DISCARDED}),
    RunState.PROPOSED: frozenset({RunState.ACCEPTED, RunState.DISCARDED}),
    RunState.ACCEPTED: frozenset(),
    RunState.DISCARDED: frozenset(),
}

RUN_WORDS = {
    RunState.RUNNING: N_("Being made"),
    RunState.PROPOSED: N_("Proposed"),
    RunState.ACCEPTED: N_("Accepted"),
    RunState.DISCARDED: N_("Discarded"),
}


class Detail(enum.Enum):
    """Compared with the last grouping."""

    FEWER = "fewer"
    SAME = "same"
    MORE = "more"


DETAIL_WORDS = {
    Detail.FEWER: N_("Fewer, larger topics"),
    Detail.SAME: N_("As before"),
    Detail.MORE: N_("More, smaller topics"),
}
