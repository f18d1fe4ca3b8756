"""Pages of invitations."""

from flask import Blueprint

from solicit.access.guard import public

bp = Blueprint("invitations", __name__)


@bp.get("/<call>/organize/invite")
@public
def index(**_):
    return ""
