"""Questions: the curated units that panels rank, with their sources, pairs, merges, translations and support."""

from solicit.questions.models.desk import (
    Redaction,
    ScreeningClaim,
    ScreeningDecision,
    ScreeningStep,
    Suspicion,
    ThemeClassifier,
    Translation,
)
from solicit.questions.models.duplicates import DuplicateCurve, DuplicateGroup, DuplicatePair, Merge, SummaryVersion
from solicit.questions.models.question import (
    PLAN_NUMBERS,
    QUESTION_NUMBERS,
    SEARCH_VECTOR,
    Question,
    QuestionSource,
    QuestionVector,
)
from solicit.questions.models.results import MissionLink, SecondLook
from solicit.questions.models.voices import DifferenceNote, ProblemReport, Support

__all__ = [
    "DifferenceNote",
    "DuplicateCurve",
    "DuplicateGroup",
    "DuplicatePair",
    "Merge",
    "MissionLink",
    "PLAN_NUMBERS",
    "ProblemReport",
    "QUESTION_NUMBERS",
    "Question",
    "QuestionSource",
    "QuestionVector",
    "Redaction",
    "SEARCH_VECTOR",
    "ScreeningClaim",
    "ScreeningDecision",
    "ScreeningStep",
    "SecondLook",
    "SummaryVersion",
    "Support",
    "Suspicion",
    "ThemeClassifier",
    "Translation",
]
