"""The questions that a file brought."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.questions.models import Question, QuestionSource
from solicit.submissions.models import Submission
from solicit.web.pagination import Window


@dataclass(frozen=True)
class ImportedQuestion:
    id: int
    title: str
    language: str


def imported_questions(session: Session, *, batch_id: int, window: Window) -> tuple[ImportedQuestion, ...]:
    """Where the submissions of a file went, in its order; one statement."""
    rows = session.execute(
        sa.select(Question.id, Submission.title, Submission.language)
        .join(QuestionSource, QuestionSource.question_id == Question.id)
        .join(Submission, Submission.id == QuestionSource.submission_id)
        .where(Submission.batch_id == batch_id)
        .order_by(Submission.id)
        .limit(window.size)
        .offset(window.offset)
    )
    return tuple(ImportedQuestion(*row) for row in rows)
