"""Pages of invitations."""

from flask import Blueprint

bp = Blueprint("invitations", __name__)

from solicit.invitations.views import (  # noqa: E402
    answers,
    approvals,
    candidates,
    consent,
    costs,
    doubles,
    index,
    letters,
    limit_forms,
    limits,
    meeting,
    nominations,
    oneself,
    panel_proposals,
    places,
    selection,
    selections,
    spending,
    travel,
    travel_desk,
)

__all__ = [
    "answers",
    "approvals",
    "bp",
    "candidates",
    "consent",
    "costs",
    "doubles",
    "index",
    "letters",
    "limit_forms",
    "limits",
    "meeting",
    "nominations",
    "oneself",
    "panel_proposals",
    "places",
    "selection",
    "selections",
    "spending",
    "travel",
    "travel_desk",
]
