"""Pages of questions: what everybody sees, and the desk of the organizers."""

from flask import Blueprint

bp = Blueprint("questions", __name__)

from solicit.questions.views import citations, desk, duplicates, feeds, listing, public, reports  # noqa: E402

__all__ = ["bp", "citations", "desk", "duplicates", "feeds", "listing", "public", "reports"]
