"""Pages of reports."""

from flask import Blueprint

bp = Blueprint("reports", __name__)

from solicit.reports.views import dashboard, exports, fate, plots, publication, results  # noqa: E402

__all__ = ["bp", "dashboard", "exports", "fate", "plots", "publication", "results"]
