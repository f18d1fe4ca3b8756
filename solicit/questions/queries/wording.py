"""A question's words as they are compared with others, and as they are remembered."""

import hashlib
import json

from ml.language.embedding import normalise_text
from solicit.questions.states import Aspect


def compared_texts(title: str, goal_overview: str) -> dict[Aspect, str]:
    """The text behind each vector of a question; without an overview both are its title."""
    return {Aspect.TITLE: title, Aspect.TEXT: f"{title}\n{goal_overview}".rstrip()}


def wording_digest(
    title: str, goal_overview: str, significance: str, approach: str, *, plan: dict | None = None
) -> bytes:
    """SHA-256 of everything that a panel reads of a question; white space and Unicode form do not count."""
    parts: list = [normalise_text(part) for part in (title, goal_overview, significance, approach)]
    if plan is not None:
        parts.append(sorted(plan.items()))
    return hashlib.sha256(json.dumps(parts).encode()).digest()
