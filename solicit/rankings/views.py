"""Pages of rankings."""

from flask import Blueprint

from solicit.access.guard import public

bp = Blueprint("rankings", __name__)


@bp.get("/<call>/organize/ranking")
@public
def index(**_):
    return ""
