"""Conflicts of interest: declared, known, suspected, decided, and what they make void."""

from solicit.panels.service.conflicts.decide import decide_conflicts, reopen_conflict
from solicit.panels.service.conflicts.declare import confirm_own_conflicts, declare_conflict, declare_in_words
from solicit.panels.service.conflicts.suspect import change_policy, find_conflicts, suspect_conflicts
from solicit.panels.service.conflicts.void import Voided, void_votes

__all__ = [
    "Voided",
    "change_policy",
    "confirm_own_conflicts",
    "decide_conflicts",
    "declare_conflict",
    "declare_in_words",
    "find_conflicts",
    "reopen_conflict",
    "suspect_conflicts",
    "void_votes",
]
