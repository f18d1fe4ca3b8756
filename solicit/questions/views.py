"""Pages of questions."""

from flask import Blueprint

from solicit.access.guard import public

bp = Blueprint("questions", __name__)


@bp.get("/<locale:lang>/<call>/questions")
@public
def index(**_):
    return ""


@bp.get("/<call>/organize/questions")
@public
def screening(**_):
    return ""


@bp.get("/<call>/organize/duplicates")
@public
def duplicates(**_):
    return ""
