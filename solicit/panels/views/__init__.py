"""Pages of panels: the organizers' desk, and the panelists' queue."""

from flask import Blueprint

bp = Blueprint("panels", __name__)

from solicit.panels.views import ballot, desk, discussion, open_votes, pairs, review, rounds  # noqa: E402

__all__ = ["ballot", "bp", "desk", "discussion", "open_votes", "pairs", "review", "rounds"]
