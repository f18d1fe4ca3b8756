"""What a panelist declared. What was only suspected is never theirs to know: it would tell who wrote a question."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.panels.models import ConflictOfInterest
from solicit.panels.states import ConflictSource, ConflictState
from solicit.questions.models import Question
from solicit.questions.states import question_label


@dataclass(frozen=True)
class Declared:
    label: str
    reason: str
    declared_at: datetime


def declared_by(session: Session, *, call_id: int, person_id: int) -> tuple[Declared, ...]:
    """The conflicts that a panelist declared in a call, the latest first; one statement."""
    found = session.execute(
        sa.select(Question.kind, Question.number, ConflictOfInterest.reason, ConflictOfInterest.created_at)
        .join(Question, Question.id == ConflictOfInterest.question_id)
        .where(Question.call_id == call_id, ConflictOfInterest.person_id == person_id)
        .where(
            ConflictOfInterest.source == ConflictSource.DECLARED, ConflictOfInterest.state == ConflictState.CONFIRMED
        )
        .order_by(ConflictOfInterest.created_at.desc(), ConflictOfInterest.id.desc())
    )
    return tuple(Declared(question_label(kind, number) or "", reason, at) for kind, number, reason, at in found)
