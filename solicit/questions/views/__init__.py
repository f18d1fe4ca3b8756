"""Pages of questions: what everybody sees, and the desk of the organizers."""

from flask import Blueprint

bp = Blueprint("questions", __name__)

from solicit.questions.views import desk, public  # noqa: E402

__all__ = ["bp", "desk", "public"]
