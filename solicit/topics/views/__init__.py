"""Topics: the public pages, and the desk where organizers arrange them."""

from flask import Blueprint

bp = Blueprint("topics", __name__)

from solicit.topics.views import arrange, coverage, desk, map, proposal, public, ungrouped  # noqa: E402

__all__ = ["arrange", "bp", "coverage", "desk", "map", "proposal", "public", "ungrouped"]
