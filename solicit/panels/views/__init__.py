"""Pages of panels: the organizers' desk, and the panelists' queue."""

from flask import Blueprint

bp = Blueprint("panels", __name__)

from solicit.panels.views import desk, discussion, review, rounds  # noqa: E402

__all__ = ["bp", "desk", "discussion", "review", "rounds"]
