"""The search of a call and its tables, for programs."""

from solicit.reports.api import exports, search

__all__ = ["exports", "search"]
