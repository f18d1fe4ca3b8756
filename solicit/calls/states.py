"""The life of a call, and the limits of its texts."""

import enum
from dataclasses import dataclass

from solicit.words import N_


class Kind(enum.Enum):
    """What can be sent to a call."""

    QUESTION = "question"
    PLAN = "plan"


KIND_WORDS = {Kind.QUESTION: N_("Question"), Kind.PLAN: N_("Exploration plan")}


class ResultsFor(enum.Enum):
    """Who reads the results of a call once it is published."""

    EVERYBODY = "everybody"
    SUBMITTERS = "submitters"
    NOBODY = "nobody"


RESULTS_FOR_WORDS = {
    ResultsFor.EVERYBODY: N_("Everybody"),
    ResultsFor.SUBMITTERS: N_("Those who sent something to the call, and its panels"),
    ResultsFor.NOBODY: N_("Nobody but the organizers and the panels"),
}


class CallState(enum.Enum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    PUBLISHED = "published"
    ARCHIVED = "archived"


# The results of a call in one of these states can be read.
OVER = frozenset({CallState.PUBLISHED, CallState.ARCHIVED})

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


@dataclass(frozen=True, kw_only=True)
class NewMission:
    """A mission that plans may refer to; ``around`` is when it is expected, as a year or in words."""

    key: str
    name: str
    around: str = ""
    goal: str = ""


DEFAULT_MISSIONS = (
    NewMission(
        key="change-6",
        name="Chang'E-6",
        around="2024",
        goal="Bring back samples from the region of the Moon's south pole, and study the soil there.",
    ),
    NewMission(
        key="change-7",
        name="Chang'E-7",
        around="2026",
        goal="Survey the ground, the composition and the environment of the Moon's south pole and look for water ice, "
        "with an orbiter, a lander, a rover, a hopper and a relay satellite.",
    ),
    NewMission(
        key="change-8",
        name="Chang'E-8",
        around="2030",
        goal="Begin an international research station on the Moon, try to use lunar soil on site, and watch the "
        "Earth's climate system from there.",
    ),
    NewMission(
        key="tianwen-2",
        name="Tianwen-2",
        around="2025",
        goal="Bring back samples from an asteroid, and study its shape.",
    ),
    NewMission(
        key="tianwen-3",
        name="Tianwen-3",
        around="2028",
        goal="Bring back samples from Mars, and study the landing area and how the planet changed.",
    ),
    NewMission(
        key="tianwen-4",
        name="Tianwen-4",
        around="2030",
        goal="Explore the system of Jupiter, with its moons, and the way to interstellar space.",
    ),
)


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
