"""Freezing, verifying and publishing rankings."""

from solicit.rankings.service.freeze import freeze, verify
from solicit.rankings.service.publish import publish

__all__ = ["freeze", "publish", "verify"]
