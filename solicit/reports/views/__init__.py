"""Pages of reports."""

from flask import Blueprint

bp = Blueprint("reports", __name__)

from solicit.reports.views import authors, dashboard, exports, search  # noqa: E402

__all__ = ["authors", "bp", "dashboard", "exports", "search"]
