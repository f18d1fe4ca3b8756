"""Two addresses for whatever watches a site: is the process alive, and may it be sent visitors."""

from flask import Blueprint, jsonify
from sqlalchemy.exc import SQLAlchemyError

from solicit.access.guard import public
from solicit.web.commands import is_up_to_date

bp = Blueprint("operating", __name__)


@bp.get("/health")
@public
def health():
    """This process answers; nothing else is asked."""
    return jsonify(alive=True)


@bp.get("/ready")
@public
def ready():
    """The database answers, and its tables are those of this code."""
    try:
        tables = "up to date" if is_up_to_date() else "not up to date"
    except SQLAlchemyError:
        tables = "no answer"
    is_ready = tables == "up to date"
    answer = jsonify(ready=is_ready, database=tables)
    answer.status_code = 200 if is_ready else 503
    if not is_ready:
        answer.headers["Retry-After"] = "10"
    return answer
