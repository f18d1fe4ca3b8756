"""Work on invitations in the background."""

from solicit.invitations.tasks import explanations, selections

__all__ = ["explanations", "selections"]
