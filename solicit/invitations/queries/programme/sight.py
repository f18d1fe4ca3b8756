"""What one organizer must not see of the meeting: people whose questions they wrote or judge, and themselves."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from solicit.invitations.models import SelectionCandidate
from solicit.invitations.queries.hidden import Hidden, hidden_from


@dataclass(frozen=True)
class Sight:
    hidden: Hidden

    @property
    def question_ids(self) -> frozenset[int]:
        return self.hidden.question_ids

    def hides(self, candidate: SelectionCandidate | None) -> bool:
        """Whether a person, as their selection knew them, is hidden; nobody at all is not."""
        return candidate is not None and self.hidden.hides(candidate)


def sight_of(session: Session, *, viewer_id: int) -> Sight:
    """One statement."""
    return Sight(hidden_from(session, viewer_id=viewer_id))
