"""What the authors behind a question were asked to change, as the desk sees it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.questions.models import Question, QuestionSource
from solicit.submissions.models import RevisionRequest, Submission
from solicit.submissions.queries.history import TextChange, text_changes
from solicit.submissions.states import LIVE


@dataclass(frozen=True)
class AskedChange:
    """One request of the organizers; open while it has no answer."""

    text: str
    asked_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True)
class RevisableSubmission:
    """A submission whose author can be asked, with what was asked before, the latest first.

    ``changes`` lead from the wording of the question to that of a submission that first spoke through it.
    """

    id: int
    reference: str
    title: str
    language: str
    asked: tuple[AskedChange, ...]
    changes: tuple[TextChange, ...]

    @property
    def is_waiting(self) -> bool:
        return any(change.answered_at is None for change in self.asked)


def revisable_submissions(session: Session, *, question_id: int) -> tuple[RevisableSubmission, ...]:
    """The live submissions of a question that have an author to ask, in the order they came; one statement."""
    rows = session.execute(
        sa.select(Submission, RevisionRequest, Question, QuestionSource.first_question_id)
        .join(QuestionSource, QuestionSource.submission_id == Submission.id)
        .join(Question, Question.id == QuestionSource.question_id)
        .outerjoin(RevisionRequest, RevisionRequest.submission_id == Submission.id)
        .where(QuestionSource.question_id == question_id, Submission.submitter_id.is_not(None))
        .where(Submission.state.in_(LIVE))
        .order_by(Submission.id, RevisionRequest.asked_at.desc(), RevisionRequest.id.desc())
        .execution_options(populate_existing=True)
    ).all()
    asked = defaultdict(list)
    for row in rows:
        if request := row.RevisionRequest:
            asked[row.Submission.id].append(AskedChange(request.text, request.asked_at, request.answered_at))
    return tuple(_revisable(row, tuple(asked[id_])) for id_, row in {row.Submission.id: row for row in rows}.items())


def _revisable(row: sa.Row, asked: tuple[AskedChange, ...]) -> RevisableSubmission:
    sent = row.Submission
    return RevisableSubmission(
        id=sent.id,
        reference=sent.reference,
        title=sent.title,
        language=sent.language,
        asked=asked,
        changes=text_changes(row.Question, sent) if row.first_question_id == row.Question.id else (),
    )
