"""Work on invitations in the background."""

from solicit.invitations.tasks import selections

__all__ = ["selections"]
