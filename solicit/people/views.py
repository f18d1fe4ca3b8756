"""Pages of people."""

from flask import Blueprint

from solicit.access.guard import public

bp = Blueprint("people", __name__)


@bp.get("/<locale:lang>/sign-in")
@public
def sign_in(**_):
    return ""


@bp.post("/<locale:lang>/sign-out")
@public
def sign_out(**_):
    return ""


@bp.get("/<locale:lang>/account")
@public
def account(**_):
    return ""
