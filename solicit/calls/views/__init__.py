"""The public pages of a call, the desk that sets it up, and what every address below a call shares."""

from flask import Blueprint

bp = Blueprint("calls", __name__)

from solicit.calls.views import addresses, lists, public  # noqa: E402

stand_in_open_call = addresses.stand_in_open_call

__all__ = ["addresses", "bp", "lists", "public", "stand_in_open_call"]
