"""Pages of submissions: sending one, and looking after what one has sent."""

from flask import Blueprint

bp = Blueprint("submissions", __name__)

from solicit.submissions.views import (  # noqa: E402
    around,
    co_authors,
    guardians,
    imports,
    links,
    mine,
    own,
    sending,
    translations,
    wizard,
)

__all__ = [
    "around",
    "bp",
    "co_authors",
    "guardians",
    "imports",
    "links",
    "mine",
    "own",
    "sending",
    "translations",
    "wizard",
]
