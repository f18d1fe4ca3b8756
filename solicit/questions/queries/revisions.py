"""What the authors behind a question were asked to change, as the desk sees it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.questions.models import QuestionSource
from solicit.submissions.models import RevisionRequest, Submission
from solicit.submissions.states import LIVE


@dataclass(frozen=True)
class AskedChange:
    """One request of the organizers; open while it has no answer."""

    text: str
    asked_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True)
class RevisableSubmission:
    """A submission whose author can be asked, with what was asked before, the latest first."""

    id: int
    reference: str
    title: str
    language: str
    asked: tuple[AskedChange, ...]

    @property
    def is_waiting(self) -> bool:
        return any(change.answered_at is None for change in self.asked)


def revisable_submissions(session: Session, *, question_id: int) -> tuple[RevisableSubmission, ...]:
    """The live submissions of a question that have an author to ask, in the order they came; one statement."""
    rows = session.execute(
        sa.select(Submission, RevisionRequest)
        .join(QuestionSource, QuestionSource.submission_id == Submission.id)
        .outerjoin(RevisionRequest, RevisionRequest.submission_id == Submission.id)
        .where(QuestionSource.question_id == question_id, Submission.submitter_id.is_not(None))
        .where(Submission.state.in_(LIVE))
        .order_by(Submission.id, RevisionRequest.asked_at.desc(), RevisionRequest.id.desc())
        .execution_options(populate_existing=True)
    ).all()
    asked = defaultdict(list)
    for sent, request in rows:
        if request is not None:
            asked[sent.id].append(AskedChange(request.text, request.asked_at, request.answered_at))
    submissions = {sent.id: sent for sent, _ in rows}.values()
    return tuple(
        RevisableSubmission(sent.id, sent.reference, sent.title, sent.language, tuple(asked[sent.id]))
        for sent in submissions
    )
