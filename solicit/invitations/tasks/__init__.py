"""Work on invitations in the background."""

from solicit.invitations.tasks import explanations, letters, selections

__all__ = ["explanations", "letters", "selections"]
