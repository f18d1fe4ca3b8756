"""Pages of invitations."""

from flask import Blueprint

bp = Blueprint("invitations", __name__)

from solicit.invitations.views import (  # noqa: E402
    consent,
    costs,
    index,
    limit_forms,
    limits,
    nominations,
    selections,
)

__all__ = ["bp", "consent", "costs", "index", "limit_forms", "limits", "nominations", "selections"]
