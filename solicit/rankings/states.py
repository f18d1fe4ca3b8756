"""The life of a ranking run, and the words for what it says."""

import enum

from solicit.words import N_


class RunState(enum.Enum):
    FROZEN = "frozen"
    PUBLISHED = "published"


MOVES: dict[RunState, frozenset[RunState]] = {
    RunState.FROZEN: frozenset({RunState.PUBLISHED}),
    RunState.PUBLISHED: frozenset(),
}

STATE_WORDS = {RunState.FROZEN: N_("Frozen"), RunState.PUBLISHED: N_("Published")}


class Purpose(enum.Enum):
    """Why a ranking was computed: as the result, after a late conflict, or to show what changes without somebody."""

    OFFICIAL = "official"
    CORRECTED = "corrected"
    WITHOUT = "without"


PURPOSE_WORDS = {
    Purpose.OFFICIAL: N_("The ranking"),
    Purpose.CORRECTED: N_("Corrected ranking"),
    Purpose.WITHOUT: N_("For comparison"),
}


# What shows the result of a round now is the latest of these; the others stay beside it.
RESULTS = (Purpose.OFFICIAL, Purpose.CORRECTED)


class RatingModel(enum.Enum):
    """The model of the ratings: crossed is M0, robust is M1."""

    CROSSED = "crossed"
    ROBUST = "robust"


MODEL_WORDS = {
    RatingModel.CROSSED: N_("Question, panelist and normal noise (M0)"),
    RatingModel.ROBUST: N_("Question, severity and stretch of each panelist, noise with heavy tails (M1)"),
}


class Evidence(enum.Enum):
    RANKED = "ranked"
    SET_ASIDE = "set_aside"
    INSUFFICIENT = "insufficient"


EVIDENCE_WORDS = {
    Evidence.RANKED: N_("Ranked"),
    Evidence.SET_ASIDE: N_("Set aside after the first reading"),
    Evidence.INSUFFICIENT: N_("Not ranked yet: fewer than 3 ratings"),
}


# The group of those who live nowhere in particular, or where too few panelists live to be a group.
OTHER_GROUPS = "others"

SORT_WORDS = {
    "place": N_("Place"),
    "chance": N_("Chance of being among the first"),
    "plain": N_("Plain mean"),
    "votes": N_("Number of ratings"),
}


TOO_FEW_PANELISTS = N_("Too few panelists to separate severity.")

# What a reader must be told of a run, by the key that the computation gives.
NOTE_WORDS = {
    "too_few_panelists": TOO_FEW_PANELISTS,
    "boundary_panelist_variance": TOO_FEW_PANELISTS,
    "boundary_question_variance": N_("The ratings do not tell the questions apart: all values are close to one mean."),
    "boundary_residual_variance": N_("The panelists agree almost completely, so the intervals are very narrow."),
    "assumed_question_variance": N_("No question has two ratings: how much questions differ is an assumption."),
    "disconnected_design": N_(
        "The design falls apart: parts of the panel never rated a question in common. Each part is ranked alone, and "
        "places of different parts cannot be compared."
    ),
    "without_ratings": N_(
        "Nothing was rated: values come from comparisons and ballots alone, and the scale is a convention."
    ),
    "choices_fall_apart": N_(
        "Comparisons and ballots fall apart: some questions of a theme were never compared, not even through others. "
        "Only ratings relate them."
    ),
    "without_kemeny": N_(
        "Whether the rules of counting ballots disagree was judged without Kemeny's: with this many questions, or "
        "ballots that contradict each other this much, no order can be proven the best."
    ),
    "promising_without_evidence": N_(
        "At least one question with fewer than 3 ratings may well be among the first: the chance is one in ten or more."
    ),
}


# From what probability on each word is used.
CHANCE_WORDS = (
    (0.9, N_("almost certain")),
    (0.66, N_("likely")),
    (0.33, N_("as likely as not")),
    (0.1, N_("unlikely")),
    (0.0, N_("very unlikely")),
)


def chance_word(probability: float) -> str:
    """A probability in a word."""
    return next(word for least, word in CHANCE_WORDS if probability >= least)
