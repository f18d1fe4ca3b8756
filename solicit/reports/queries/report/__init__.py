"""The report of ranked themes: what one reader may learn of frozen rankings, and of what is around them."""

from solicit.reports.queries.report.made import report_for
from solicit.reports.queries.report.model import Audience, Report

__all__ = ["Audience", "Report", "report_for"]
