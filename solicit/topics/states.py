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
    """How fine a grouping is: five steps from few large topics to many small ones."""

    FEWEST = "fewest"
    FEWER = "fewer"
    MIDDLE = "middle"
    MORE = "more"
    MOST = "most"


# The resolution of the algorithm; each step gives about half as many topics again.
RESOLUTIONS = {
    Detail.FEWEST: 0.4,
    Detail.FEWER: 0.65,
    Detail.MIDDLE: 1.0,
    Detail.MORE: 1.6,
    Detail.MOST: 2.5,
}

DETAIL_WORDS = {
    Detail.FEWEST: N_("Few, large topics"),
    Detail.FEWER: N_("Fewer topics"),
    Detail.MIDDLE: N_("In between"),
    Detail.MORE: N_("More topics"),
    Detail.MOST: N_("Many, small topics"),
}


class Change(enum.Enum):
    """What a proposal does to a topic."""

    NEW = "new"
    SPLIT = "split"
    MERGED = "merged"
    GROWN = "grown"
    SHRUNK = "shrunk"
    SWAPPED = "swapped"
    ENDED = "ended"
    UNCHANGED = "unchanged"


CHANGE_WORDS = {
    Change.NEW: N_("New"),
    Change.SPLIT: N_("Split off"),
    Change.MERGED: N_("Takes another in"),
    Change.GROWN: N_("Grows"),
    Change.SHRUNK: N_("Shrinks"),
    Change.SWAPPED: N_("As many come as go"),
    Change.ENDED: N_("Ends"),
    Change.UNCHANGED: N_("Unchanged"),
}
