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
    missions,
    public,
    queue,
    redaction,
    reports,
    revisions,
    second_looks,
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
    "missions",
    "public",
    "queue",
    "redaction",
    "reports",
    "revisions",
    "second_looks",
    "translations",
]
