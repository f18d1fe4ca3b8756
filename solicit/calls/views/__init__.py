"""The public pages of a call, the desk that sets it up, and what every address below a call shares."""

from flask import Blueprint

bp = Blueprint("calls", __name__)

from solicit.calls.views import addresses, edition, languages, lists, parts, public, set_up, themes  # noqa: E402

stand_in_open_call = addresses.stand_in_open_call

__all__ = [
    "addresses",
    "bp",
    "edition",
    "languages",
    "lists",
    "parts",
    "public",
    "set_up",
    "stand_in_open_call",
    "themes",
]
