"""Pages of submissions."""

from flask import Blueprint

from solicit.access.guard import public

bp = Blueprint("submissions", __name__)


@bp.get("/<locale:lang>/<call>/submit")
@public
def new(**_):
    return ""


@bp.get("/<locale:lang>/<call>/my")
@public
def mine(**_):
    return ""
