"""Pages of invitations."""

from flask import Blueprint

bp = Blueprint("invitations", __name__)

from solicit.invitations.views import consent, costs, nominations, selections, travel, travel_desk  # noqa: E402

__all__ = ["bp", "consent", "costs", "nominations", "selections", "travel", "travel_desk"]
