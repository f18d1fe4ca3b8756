"""Pages of invitations."""

from flask import Blueprint

bp = Blueprint("invitations", __name__)

from solicit.invitations.views import (  # noqa: E402
    candidates,
    consent,
    costs,
    doubles,
    index,
    limit_forms,
    limits,
    nominations,
    oneself,
    panel_proposals,
    selections,
    spending,
)

__all__ = [
    "bp",
    "candidates",
    "consent",
    "costs",
    "doubles",
    "index",
    "limit_forms",
    "limits",
    "nominations",
    "oneself",
    "panel_proposals",
    "selections",
    "spending",
]
