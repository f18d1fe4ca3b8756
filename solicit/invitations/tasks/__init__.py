"""Work on invitations in the background."""

from solicit.invitations.tasks import doubles, explanations, letters, selections, travel

__all__ = ["doubles", "explanations", "letters", "selections", "travel"]
