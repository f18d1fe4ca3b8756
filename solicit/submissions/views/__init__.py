"""Pages of submissions: sending one, looking after what one has sent, and the people around it."""

from flask import Blueprint

bp = Blueprint("submissions", __name__)

from solicit.submissions.views import around, co_authors, guardians, links, mine, own  # noqa: E402

__all__ = ["around", "bp", "co_authors", "guardians", "links", "mine", "own"]
