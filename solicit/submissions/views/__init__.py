"""Pages of submissions: sending one, and looking after what one has sent."""

from flask import Blueprint

bp = Blueprint("submissions", __name__)

from solicit.submissions.views import imports, own, sending, wizard  # noqa: E402

__all__ = ["bp", "imports", "own", "sending", "wizard"]
