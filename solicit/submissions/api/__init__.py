"""One's own submissions for programs: their shape, how they are read by the forms of pages, and operations."""

from solicit.submissions.api.own import bp

__all__ = ["bp"]
