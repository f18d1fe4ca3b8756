"""What one organizer must not see of the meeting: people whose questions they wrote or judge, and themselves."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from solicit.invitations.models import SelectionCandidate
from solicit.invitations.queries.letters.rows import is_hidden
from solicit.questions.queries.involvement import questions_of


@dataclass(frozen=True)
class Sight:
    viewer_id: int
    question_ids: frozenset[int]

    def hides(self, candidate: SelectionCandidate | None) -> bool:
        """Whether a person, as their selection knew them, is hidden; nobody at all is not."""
        return is_hidden(candidate, self.viewer_id, self.question_ids)


def sight_of(session: Session, *, viewer_id: int) -> Sight:
    """One statement."""
    return Sight(viewer_id, frozenset(session.scalars(questions_of(viewer_id))))
