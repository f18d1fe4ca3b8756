"""The workers' side of questions: vectors, suggestions, comparing a whole call, and the desk's larger acts."""

from solicit.questions.tasks.comparing import find_duplicates, learn_duplicates
from solicit.questions.tasks.embedding import embed, embed_missing, encoder_of_call
from solicit.questions.tasks.missions import suggest_missions
from solicit.questions.tasks.screening import decide_many, look_over, look_over_all, undo_decision

__all__ = [
    "decide_many",
    "embed",
    "embed_missing",
    "encoder_of_call",
    "find_duplicates",
    "learn_duplicates",
    "look_over",
    "look_over_all",
    "suggest_missions",
    "undo_decision",
]
