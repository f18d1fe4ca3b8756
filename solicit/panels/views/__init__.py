"""Pages of panels: the organizers' desk, and the panelists' queue."""

from flask import Blueprint

bp = Blueprint("panels", __name__)

from solicit.panels.views import (  # noqa: E402
    attendance,
    ballot,
    conflicts,
    desk,
    discussion,
    health,
    offers,
    pairs,
    profile,
    progress,
    rescoring,
    review,
    rounds,
    visibility,
    votes,
)

__all__ = [
    "attendance",
    "ballot",
    "bp",
    "conflicts",
    "desk",
    "discussion",
    "health",
    "offers",
    "pairs",
    "profile",
    "progress",
    "rescoring",
    "review",
    "rounds",
    "visibility",
    "votes",
]
