"""Work on invitations in the background."""

from solicit.invitations.tasks import selections, travel

__all__ = ["selections", "travel"]
