"""Pages of invitations."""

from flask import Blueprint

bp = Blueprint("invitations", __name__)

from solicit.invitations.views import (  # noqa: E402
    consent,
    costs,
    nominations,
    outcomes,
    participants,
    programme,
    selections,
    sessions,
)

__all__ = ["bp", "consent", "costs", "nominations", "outcomes", "participants", "programme", "selections", "sessions"]
