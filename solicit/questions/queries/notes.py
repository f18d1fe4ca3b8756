"""What the author of a submission said of questions that looked like theirs."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.questions.models import DifferenceNote, Question
from solicit.questions.states import question_label


@dataclass(frozen=True)
class NoteView:
    """“Mine differs because ...”, beside the question it was said of."""

    label: str | None
    title: str
    language: str
    text: str


def notes_of(session: Session, *, submission_id: int) -> tuple[NoteView, ...]:
    """The notes of one submission, in the order of the questions; one statement."""
    rows = session.execute(
        sa.select(DifferenceNote.text, Question.kind, Question.number, Question.title, Question.language)
        .join(Question, Question.id == DifferenceNote.question_id)
        .where(DifferenceNote.submission_id == submission_id)
        .order_by(Question.id)
    )
    return tuple(NoteView(question_label(r.kind, r.number), r.title, r.language, r.text) for r in rows)
