"""Pages of panels: the organizers' desk, and the panelists' queue."""

from flask import Blueprint

bp = Blueprint("panels", __name__)

from solicit.panels.views import (  # noqa: E402
    ballot,
    conflicts,
    desk,
    discussion,
    health,
    offers,
    open_votes,
    pairs,
    profile,
    progress,
    review,
    rounds,
    visibility,
)

__all__ = [
    "ballot",
    "bp",
    "conflicts",
    "desk",
    "discussion",
    "health",
    "offers",
    "open_votes",
    "pairs",
    "profile",
    "progress",
    "review",
    "rounds",
    "visibility",
]
