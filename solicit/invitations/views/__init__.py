"""Pages of invitations."""

from flask import Blueprint

bp = Blueprint("invitations", __name__)

from solicit.invitations.views import (  # noqa: E402
    answers,
    consent,
    costs,
    letters,
    meeting,
    nominations,
    places,
    selections,
    travel,
    travel_desk,
)

__all__ = [
    "answers",
    "bp",
    "consent",
    "costs",
    "letters",
    "meeting",
    "nominations",
    "places",
    "selections",
    "travel",
    "travel_desk",
]
