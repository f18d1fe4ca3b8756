"""Pages of panels."""

from flask import Blueprint

from solicit.access.guard import public

bp = Blueprint("panels", __name__)


@bp.get("/<call>/review")
@public
def queue(**_):
    return ""


@bp.get("/<call>/organize/panels")
@public
def desk(**_):
    return ""
