"""The workers' side of questions: their vectors, suggestions, and comparing a whole call."""

from solicit.questions.tasks.comparing import find_duplicates, learn_duplicates
from solicit.questions.tasks.embedding import embed, embed_missing

__all__ = ["embed", "embed_missing", "find_duplicates", "learn_duplicates"]
