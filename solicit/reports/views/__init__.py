"""Pages of reports."""

from flask import Blueprint

bp = Blueprint("reports", __name__)

from solicit.reports.views import (  # noqa: E402
    authors,
    dashboard,
    exports,
    fate,
    plots,
    publication,
    report,
    results,
    search,
)

__all__ = ["authors", "bp", "dashboard", "exports", "fate", "plots", "publication", "report", "results", "search"]
