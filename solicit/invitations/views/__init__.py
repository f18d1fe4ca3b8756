"""Pages of invitations."""

from flask import Blueprint

bp = Blueprint("invitations", __name__)

from solicit.invitations.views import (  # noqa: E402
    approvals,
    candidates,
    comparison,
    consent,
    costs,
    doubles,
    index,
    limit_forms,
    limits,
    nominations,
    oneself,
    panel_proposals,
    selection,
    selections,
    spending,
)

__all__ = [
    "bp",
    "approvals",
    "candidates",
    "comparison",
    "consent",
    "costs",
    "doubles",
    "index",
    "limit_forms",
    "limits",
    "nominations",
    "oneself",
    "panel_proposals",
    "selection",
    "selections",
    "spending",
]
