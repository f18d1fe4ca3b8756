"""Duplicates: comparing questions, suggesting pairs, verdicts, what is learnt from them, and groups."""

from solicit.questions.service.duplicates.curves import LEARN, learn
from solicit.questions.service.duplicates.judge import give_verdict, undo_verdict
from solicit.questions.service.duplicates.suggest import (
    FIND_DUPLICATES,
    PORTIONS,
    near_pairs,
    start_finding_duplicates,
    suggest_pairs_of,
    suggest_pairs_of_call,
    vectors_of_call,
)

__all__ = [
    "FIND_DUPLICATES",
    "LEARN",
    "PORTIONS",
    "give_verdict",
    "learn",
    "near_pairs",
    "start_finding_duplicates",
    "suggest_pairs_of",
    "suggest_pairs_of_call",
    "undo_verdict",
    "vectors_of_call",
]
