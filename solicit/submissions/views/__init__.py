"""Pages of submissions: sending one, and looking after what one has sent."""

from flask import Blueprint

bp = Blueprint("submissions", __name__)

from solicit.submissions.views import around, co_authors, guardians, imports, links, mine, own, sending, wizard  # noqa: E402

__all__ = ["around", "bp", "co_authors", "guardians", "imports", "links", "mine", "own", "sending", "wizard"]
