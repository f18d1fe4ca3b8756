"""Topics: the public pages, and the desk where organizers arrange them."""

from flask import Blueprint

bp = Blueprint("topics", __name__)

from solicit.topics.views import coverage, desk, map, public  # noqa: E402

__all__ = ["bp", "coverage", "desk", "map", "public"]
