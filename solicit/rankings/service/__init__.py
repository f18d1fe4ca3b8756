"""Freezing, correcting, verifying, annotating and publishing rankings."""

from solicit.rankings.service.freeze import freeze
from solicit.rankings.service.publish import publish
from solicit.rankings.service.verify import verify

__all__ = ["freeze", "publish", "verify"]
