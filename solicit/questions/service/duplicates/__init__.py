"""Duplicates: comparing questions, suggesting pairs, verdicts, what is learnt from them, and groups."""

from solicit.questions.service.duplicates.compare import FIND_DUPLICATES, start_finding_duplicates
from solicit.questions.service.duplicates.curves import LEARN, defer_learning, learn, scorer_in_use
from solicit.questions.service.duplicates.groups import refresh_groups, regroup_call
from solicit.questions.service.duplicates.judge import give_verdict, undo_verdict
from solicit.questions.service.duplicates.suggest import suggest_pairs_of

__all__ = [
    "FIND_DUPLICATES",
    "LEARN",
    "defer_learning",
    "give_verdict",
    "learn",
    "refresh_groups",
    "regroup_call",
    "scorer_in_use",
    "start_finding_duplicates",
    "suggest_pairs_of",
    "undo_verdict",
]
