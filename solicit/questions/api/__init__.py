"""Questions for programs: as everybody reads them, and at the desk."""

from solicit.questions.api import desk, public

__all__ = ["desk", "public"]
