"""Pages of panels: the organizers' desk, and the panelists' queue."""

from flask import Blueprint

bp = Blueprint("panels", __name__)

from solicit.panels.views import (  # noqa: E402
    conflicts,
    desk,
    discussion,
    health,
    offers,
    profile,
    review,
    rounds,
    visibility,
)

__all__ = ["bp", "conflicts", "desk", "discussion", "health", "offers", "profile", "review", "rounds", "visibility"]
