"""The report of ranked themes as a page and as files."""

from solicit.reports.views.report import pages

__all__ = ["pages"]
