"""Work on invitations in the background."""

from solicit.invitations.tasks import letters, selections

__all__ = ["letters", "selections"]
