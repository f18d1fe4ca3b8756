"""The lives of limits and selections."""

import enum

from solicit.words import N_


class LimitState(enum.Enum):
    """A set of limits: drawn up before names are shown, later changed by two people only."""

    DRAFT = "draft"
    IN_FORCE = "in force"
    WAITING = "waiting"
    REFUSED = "refused"
    REPLACED = "replaced"


LIMIT_MOVES: dict[LimitState, frozenset[LimitState]] = {
    LimitState.DRAFT: frozenset({LimitState.IN_FORCE}),
    LimitState.WAITING: frozenset({LimitState.IN_FORCE, LimitState.REFUSED}),
    LimitState.IN_FORCE: frozenset({LimitState.REPLACED}),
    LimitState.REFUSED: frozenset(),
    LimitState.REPLACED: frozenset(),
}

LIMIT_WORDS = {
    LimitState.DRAFT: N_("Draft"),
    LimitState.IN_FORCE: N_("In force"),
    LimitState.WAITING: N_("Waiting for a second organizer"),
    LimitState.REFUSED: N_("Refused"),
    LimitState.REPLACED: N_("Replaced"),
}


class SelectionState(enum.Enum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    REPLACED = "replaced"


SELECTION_MOVES: dict[SelectionState, frozenset[SelectionState]] = {
    SelectionState.PROPOSED: frozenset({SelectionState.APPROVED}),
    SelectionState.APPROVED: frozenset({SelectionState.REPLACED}),
    SelectionState.REPLACED: frozenset(),
}

SELECTION_WORDS = {
    SelectionState.PROPOSED: N_("Proposed"),
    SelectionState.APPROVED: N_("Approved"),
    SelectionState.REPLACED: N_("Replaced"),
}


class Purpose(enum.Enum):
    """A selection from scratch, or one that keeps who accepted and fills the seats that came free."""

    FIRST = "first"
    REPLACEMENT = "replacement"


class Outcome(enum.Enum):
    """How the search for a selection ended."""

    OPTIMAL = "optimal"
    NODE_LIMIT = "node_limit"
    INFEASIBLE = "infeasible"


class Basis(enum.Enum):
    """Where a candidate's merit comes from."""

    QUESTIONS = "questions"
    STATEMENT = "statement"
    WAITING = "waiting"


BASIS_WORDS = {
    Basis.QUESTIONS: N_("Wrote a leading question"),
    Basis.STATEMENT: N_("Statement of fit, scored"),
    Basis.WAITING: N_("Waiting for scores"),
}


class Rule(enum.Enum):
    """A pin on a candidate: an organizer's, or what the person answered to an earlier letter."""

    NONE = "none"
    ALWAYS = "always"
    NEVER = "never"
    ACCEPTED = "accepted"
    OUT = "out"


RULE_WORDS = {
    Rule.NONE: N_("No rule"),
    Rule.ALWAYS: N_("Always invite"),
    Rule.NEVER: N_("Never invite"),
    Rule.ACCEPTED: N_("Accepted already"),
    Rule.OUT: N_("Said no or cancelled"),
}

# Those that organizers give.
GIVEN_RULES = (Rule.ALWAYS, Rule.NEVER)


class QuotaField(enum.Enum):
    """What a quota counts."""

    THEME = "theme"
    TOPIC = "topic"
    REGION = "region"
    COUNTRY = "country"
    INSTITUTION = "institution"
    CAREER = "career"
    YOUTH = "youth"
    GENDER = "gender"


QUOTA_FIELD_WORDS = {
    QuotaField.THEME: N_("Theme"),
    QuotaField.TOPIC: N_("Topic"),
    QuotaField.REGION: N_("Region"),
    QuotaField.COUNTRY: N_("Country"),
    QuotaField.INSTITUTION: N_("Institution"),
    QuotaField.CAREER: N_("Career"),
    QuotaField.YOUTH: N_("Youth"),
    QuotaField.GENDER: N_("Gender"),
}
