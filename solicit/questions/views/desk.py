"""The desk of the organizers."""

from solicit.access.guard import public
from solicit.questions.views import bp


@bp.get("/<call>/organize/questions")
@public
def screening(**_):
    return ""


@bp.get("/<call>/organize/duplicates")
@public
def duplicates(**_):
    return ""
