"""Pages of rankings: frozen and read by organizers and chairs, published for everybody."""

from flask import Blueprint

bp = Blueprint("rankings", __name__)

from solicit.rankings.views import again, desk, published, run  # noqa: E402

__all__ = ["again", "bp", "desk", "published", "run"]
