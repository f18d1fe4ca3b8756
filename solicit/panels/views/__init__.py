"""Pages of panels: the organizers' desk, and the panelists' queue."""

from flask import Blueprint

bp = Blueprint("panels", __name__)

from solicit.panels.views import (  # noqa: E402
    ballot,
    desk,
    discussion,
    health,
    open_votes,
    pairs,
    review,
    rounds,
)

__all__ = ["ballot", "bp", "desk", "discussion", "health", "open_votes", "pairs", "review", "rounds"]
