"""Pages of topics."""

from flask import Blueprint

from solicit.access.guard import public

bp = Blueprint("topics", __name__)


@bp.get("/<locale:lang>/<call>/topics")
@public
def index(**_):
    return ""


@bp.get("/<call>/organize/topics")
@public
def desk(**_):
    return ""
