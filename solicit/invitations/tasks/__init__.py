"""Work on invitations in the background."""

from solicit.invitations.tasks import explanations, letters, selections, travel

__all__ = ["explanations", "letters", "selections", "travel"]
