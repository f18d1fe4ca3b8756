"""Pages of reports."""

from flask import Blueprint

from solicit.access.guard import public

bp = Blueprint("reports", __name__)


@bp.get("/<call>/organize")
@public
def dashboard(**_):
    return ""
