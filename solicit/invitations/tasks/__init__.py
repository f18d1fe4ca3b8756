"""Work on invitations in the background."""

from solicit.invitations.tasks import letters, selections, travel

__all__ = ["letters", "selections", "travel"]
