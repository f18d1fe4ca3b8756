"""The life of a question, and the verdicts on pairs of them."""

import enum
import re
from datetime import timedelta

from solicit.calls.states import Kind
from solicit.words import N_


class QuestionState(enum.Enum):
    NEW = "new"
    IN_SCOPE = "in_scope"
    OUT_OF_SCOPE = "out_of_scope"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


MOVES: dict[QuestionState, frozenset[QuestionState]] = {
    QuestionState.NEW: frozenset(
        {QuestionState.IN_SCOPE, QuestionState.OUT_OF_SCOPE, QuestionState.MERGED, QuestionState.WITHDRAWN}
    ),
    QuestionState.IN_SCOPE: frozenset(
        {QuestionState.NEW, QuestionState.OUT_OF_SCOPE, QuestionState.MERGED, QuestionState.WITHDRAWN}
    ),
    QuestionState.OUT_OF_SCOPE: frozenset({QuestionState.NEW, QuestionState.IN_SCOPE, QuestionState.WITHDRAWN}),
    # Undoing a merge or reviving a submission gives back the state that was left.
    QuestionState.MERGED: frozenset({QuestionState.NEW, QuestionState.IN_SCOPE}),
    QuestionState.WITHDRAWN: frozenset({QuestionState.NEW, QuestionState.IN_SCOPE, QuestionState.OUT_OF_SCOPE}),
}

# Questions in these states stand by themselves: they are compared, merged and counted.
STANDING = (QuestionState.NEW, QuestionState.IN_SCOPE)

# The desk decides on questions in these states.
SCREENED_BY_PEOPLE = (QuestionState.NEW, QuestionState.IN_SCOPE, QuestionState.OUT_OF_SCOPE)

STAFF_WORDS = {
    QuestionState.NEW: N_("New"),
    QuestionState.IN_SCOPE: N_("In scope"),
    QuestionState.OUT_OF_SCOPE: N_("Out of scope"),
    QuestionState.MERGED: N_("Merged"),
    QuestionState.WITHDRAWN: N_("Withdrawn"),
}
PUBLIC_WORDS = {
    QuestionState.NEW: N_("Being read"),
    QuestionState.IN_SCOPE: N_("Part of the call"),
    QuestionState.OUT_OF_SCOPE: N_("Outside this call"),
    QuestionState.MERGED: N_("Grouped with another question"),
    QuestionState.WITHDRAWN: N_("Withdrawn"),
}


LETTERS = {Kind.QUESTION: "Q", Kind.PLAN: "P"}


def question_label(kind: Kind, number: int | None) -> str | None:
    """“Q-1203” or “P-87”; None before the question was screened in."""
    return f"{LETTERS[kind]}-{number}" if number is not None else None


def parse_label(label: str) -> tuple[Kind, int] | None:
    """Kind and number of “Q-1203” or “q-1203”, or None for anything else."""
    found = re.fullmatch(r"([A-Za-z])-([1-9][0-9]{0,17})", label)
    kind = next((kind for kind, letter in LETTERS.items() if found and found[1].upper() == letter), None)
    return (kind, int(found[2])) if kind else None


# The languages whose words PostgreSQL reduces to their stems, by the names that every supported version has.
STEMMED = {
    "ar": "arabic", "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "id": "indonesian", "it": "italian", "nl": "dutch", "no": "norwegian",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip


class Aspect(enum.Enum):
    """Which words of a question a vector stands for."""

    TITLE = "title"
    TEXT = "text"


class Verdict(enum.Enum):
    """What a person says of two questions."""

    SAME = "same"
    RELATED = "related"
    DIFFERENT = "different"


VERDICT_WORDS = {
    Verdict.SAME: N_("Same"),
    Verdict.RELATED: N_("Related"),
    Verdict.DIFFERENT: N_("Different"),
}


class Method(enum.Enum):
    """How two questions were compared."""

    MEANING = "meaning"
    WORDS = "words"


# How long a question is kept for the organizer who took it to read.
CLAIM_LAPSE = timedelta(minutes=15)


class DecisionAct(enum.Enum):
    """What the desk may do with a question, or with many at once."""

    IN_SCOPE = "in_scope"
    OUT_OF_SCOPE = "out_of_scope"
    BACK = "back"
    THEME = "theme"


class SuspicionKind(enum.Enum):
    """What the desk should look at first; a person decides."""

    SPAM = "spam"
    OUT_OF_SCOPE = "out_of_scope"
    SELF_IDENTIFICATION = "self_identification"


SUSPICION_WORDS = {
    SuspicionKind.SPAM: N_("May be spam"),
    SuspicionKind.OUT_OF_SCOPE: N_("May be out of scope"),
    SuspicionKind.SELF_IDENTIFICATION: N_("May name its author"),
}


# Why something is suspected, by the signs that ml.language.suspicion and the service leave.
SIGN_WORDS = {
    "links": N_("It holds links."),
    "repetition": N_("It says the same again and again."),
    "many": N_("Very many came from the same submitter."),
    "shouting": N_("It is written in capital letters or with many exclamation marks."),
    "other_language": N_("It has no words of the language it is said to be in."),
    "far_from_themes": N_("It is far from what every theme of the call is about."),
    "far_from_scope": N_("It is far from every question that is in scope."),
    "name": N_("It holds a name or an institution of its authors, an address or an ORCID identifier."),
}


class TranslationSource(enum.Enum):
    """Who translated a question."""

    AUTHOR = "author"
    DESK = "desk"


TRANSLATION_WORDS = {
    TranslationSource.AUTHOR: N_("Translated by its author"),
    TranslationSource.DESK: N_("Translated by the organizers"),
}


class ReportReason(enum.Enum):
    """What a reader may find wrong with a question."""

    NAMES_SOMEBODY = "names_somebody"
    OFFENDS = "offends"
    SPAM = "spam"
    COPIED = "copied"
    OTHER = "other"


REPORT_REASON_WORDS = {
    ReportReason.NAMES_SOMEBODY: N_("It names a person or an institution"),
    ReportReason.OFFENDS: N_("It offends or threatens somebody"),
    ReportReason.SPAM: N_("It is advertising or spam"),
    ReportReason.COPIED: N_("It is copied from somebody else"),
    ReportReason.OTHER: N_("Something else"),
}


class ReportOutcome(enum.Enum):
    """What the desk made of a report."""

    ACTED_ON = "acted_on"
    NOTHING_WRONG = "nothing_wrong"


REPORT_OUTCOME_WORDS = {
    ReportOutcome.ACTED_ON: N_("Something was done"),
    ReportOutcome.NOTHING_WRONG: N_("Nothing is wrong"),
}


class MissionVerdict(enum.Enum):
    """What a person said of a mission that could answer a question."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"


class SecondLookState(enum.Enum):
    ASKED = "asked"
    KEPT = "kept"
    CHANGED = "changed"


SECOND_LOOK_MOVES: dict[SecondLookState, frozenset[SecondLookState]] = {
    SecondLookState.ASKED: frozenset({SecondLookState.KEPT, SecondLookState.CHANGED}),
    SecondLookState.KEPT: frozenset(),
    SecondLookState.CHANGED: frozenset(),
}


class ChangeBy(enum.Enum):
    """How the decision behind a request for another look can change, if it can."""

    # The answer itself takes the question into the call, also after the results were published.
    ANSWER = "answer"
    # It was changed at the desk since somebody asked.
    DESK = "desk"
    # It is grouped; the merge can be undone at the desk, and the answer given afterwards.
    UNDOING_MERGE = "undoing_merge"
    # It is grouped in results that are published, and published numbers count it there.
    NOTHING_GROUPED = "nothing_grouped"
    # What is left is a ranking, which never changes, or nothing that still speaks.
    NOTHING = "nothing"


ALLOWING_CHANGE = (ChangeBy.ANSWER, ChangeBy.DESK)

SECOND_LOOK_WORDS = {
    SecondLookState.ASKED: N_("Waits for an organizer"),
    SecondLookState.KEPT: N_("Looked at again: the decision stays"),
    SecondLookState.CHANGED: N_("Looked at again: the decision was changed"),
}
