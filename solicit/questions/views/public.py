"""Questions as everybody sees them."""

from solicit.access.guard import public
from solicit.questions.views import bp


@bp.get("/<locale:lang>/<call>/questions")
@public
def index(**_):
    return ""
