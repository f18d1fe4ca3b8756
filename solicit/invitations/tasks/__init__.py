"""Work on invitations in the background."""

from solicit.invitations.tasks import doubles, explanations, selections

__all__ = ["doubles", "explanations", "selections"]
