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


# What the form of a submission may leave out, by the parts of it; everything else is needed to judge a text.
OPTIONAL_OF_QUESTION = {"approach": N_("How a question could be explored")}
OPTIONAL_OF_PLAN = {
    "target_body": N_("Target body"),
    "mission_type": N_("Mission type"),
    "measurement": N_("Measurement"),
    "readiness": N_("Technology readiness"),
    "time_frame": N_("Time frame"),
    "missions": N_("Related missions"),
    "answers": N_("Questions that the plan answers"),
}
OPTIONAL_OF_AUTHOR = {
    "affiliation": N_("Affiliation"),
    "career": N_("Stage of the career"),
    "orcid": N_("ORCID iD"),
    "co_authors": N_("Co-authors"),
}
OPTIONAL_FIELDS = OPTIONAL_OF_QUESTION | OPTIONAL_OF_PLAN | OPTIONAL_OF_AUTHOR


@dataclass(frozen=True)
class FormChoices:
    """What the form of a submission asks for beyond what it always asks, and the kinds that the call takes."""

    fields: frozenset[str] = frozenset(OPTIONAL_FIELDS)
    kinds: tuple[Kind, ...] = tuple(Kind)

    def __contains__(self, field: str) -> bool:
        return field in self.fields

    def to_json(self) -> dict:
        return {"fields": sorted(self.fields), "kinds": [kind.value for kind in self.kinds]}

    @classmethod
    def from_json(cls, kept: dict) -> "FormChoices":
        """The choices that ``to_json`` kept; without any, everything is asked for."""
        if not kept:
            return cls()
        return cls(frozenset(kept["fields"]), tuple(kind for kind in Kind if kind.value in kept["kinds"]))


@dataclass(frozen=True, kw_only=True)
class CriterionText:
    """One thing to score from 1 to 5, with words for the two ends."""

    name: str
    question: str
    low: str
    high: str
    weight: int


# What a new round begins with where a call has no criteria of its own.
USUAL_CRITERIA = (
    CriterionText(
        name=N_("Importance"),
        question=N_("How much would an answer change what we know or can do?"),
        low=N_("It would change little."),
        high=N_("It would change a whole field."),
        weight=50,
    ),
    CriterionText(
        name=N_("Novelty"),
        question=N_("How far does it go beyond what is known or under way?"),
        low=N_("It is answered, or soon will be."),
        high=N_("Hardly anyone has gone this way."),
        weight=20,
    ),
    CriterionText(
        name=N_("Reachability"),
        question=N_("Could a real step towards an answer be made within about twenty years?"),
        low=N_("No way to an answer is in sight."),
        high=N_("There is a clear way with methods that are known or close."),
        weight=30,
    ),
)


class Shape(enum.Enum):
    CIRCLE = "circle"
    TRIANGLE = "triangle"
    DIAMOND = "diamond"
    SQUARE = "square"


SHAPE_WORDS = {
    Shape.CIRCLE: N_("Circle"),
    Shape.TRIANGLE: N_("Triangle"),
    Shape.DIAMOND: N_("Diamond"),
    Shape.SQUARE: N_("Square"),
}


class Colour(enum.Enum):
    """The four colours of themes, named after what they were chosen for; each has a light and a dark shade."""

    SPACE = "space"
    LIFE = "life"
    NATURE = "nature"
    STATION = "station"


COLOUR_WORDS = {
    Colour.SPACE: N_("Blue"),
    Colour.LIFE: N_("Green"),
    Colour.NATURE: N_("Violet"),
    Colour.STATION: N_("Orange"),
}

# Texts of a call that have translations, beside those of its lists. The last four are Markdown.
TEXTS = {
    "title": N_("Title"),
    "headline": N_("Headline"),
    "motto": N_("Motto"),
    "lead": N_("Lead"),
    "about": N_("About this call"),
    "before_you_start": N_("Before you start"),
    "consent": N_("What submitters agree to"),
    "confidentiality": N_("What panelists agree to"),
}
MARKDOWN_TEXTS = ("about", "before_you_start", "consent", "confidentiality")

# First words of the addresses of the site itself.
RESERVED_SLUGS = frozenset(
    (
        *("account", "api", "demo", "health", "mail", "metrics", "organizations"),
        *("ready", "register", "sign-in", "sign-out", "static"),
    )
)
