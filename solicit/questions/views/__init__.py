"""Pages of questions: what everybody sees, and the desk of the organizers."""

from flask import Blueprint

bp = Blueprint("questions", __name__)

from solicit.questions.views import (  # noqa: E402
    citations,
    desk,
    duplicates,
    feeds,
    listing,
    many,
    public,
    queue,
    redaction,
    reports,
    revisions,
    translations,
)

__all__ = [
    "bp",
    "citations",
    "desk",
    "duplicates",
    "feeds",
    "listing",
    "many",
    "public",
    "queue",
    "redaction",
    "reports",
    "revisions",
    "translations",
]
