"""Pages of questions: what everybody sees, and the desk of the organizers."""

from flask import Blueprint

bp = Blueprint("questions", __name__)

from solicit.questions.views import desk, duplicates, public, revisions  # noqa: E402

__all__ = ["bp", "desk", "duplicates", "public", "revisions"]
