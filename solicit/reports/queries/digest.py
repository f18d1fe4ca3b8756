"""What changed in a call since an organizer was last told, without the questions in which they have a part."""

from dataclasses import dataclass
from datetime import datetime
from functools import reduce

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from solicit.access.models import RoleGrant
from solicit.access.policy import Role
from solicit.calls.models import Call
from solicit.calls.states import CallState
from solicit.mail.models import OutboxMail
from solicit.mail.service import Recipient
from solicit.people.models import Person
from solicit.questions.models import DuplicatePair, ProblemReport, Question, QuestionSource
from solicit.questions.queries.involvement import is_involved
from solicit.questions.states import STANDING, QuestionState
from solicit.submissions.models import RevisionRequest, Submission
from solicit.submissions.states import LIVE

DIGEST = "digest"
RUNNING = (CallState.OPEN, CallState.CLOSED)

Left, Right = aliased(Question), aliased(Question)


@dataclass(frozen=True)
class Reader:
    """An organizer of a call that runs, and when the last digest of it was written to them."""

    to: Recipient
    person_id: int
    call_id: int
    slug: str
    title: str
    told_at: datetime | None


@dataclass(frozen=True)
class Changes:
    """The numbers of one call for one organizer; ``n_new_`` counts since they were last told."""

    n_new_submissions: int
    n_to_screen: int
    n_new_duplicates: int
    n_duplicates: int
    n_new_reports: int
    n_reports: int
    n_new_answers: int

    @property
    def is_news(self) -> bool:
        return any((self.n_new_submissions, self.n_new_duplicates, self.n_new_reports, self.n_new_answers))


def readers(session: Session) -> tuple[Reader, ...]:
    """Every organizer of every call that runs; one statement."""
    told_at = (
        sa.select(sa.func.max(OutboxMail.created_at))
        .where(OutboxMail.kind == DIGEST, OutboxMail.call_id == Call.id, OutboxMail.person_id == Person.id)
        .correlate(Call, Person)
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(Person.id, Person.email, Person.locale, Call.id, Call.slug, Call.title, told_at)
        .select_from(RoleGrant)
        .join(Person, Person.id == RoleGrant.person_id)
        .join(Call, Call.id == RoleGrant.call_id)
        .where(RoleGrant.role == Role.ORGANIZER, Person.active, Call.state.in_(RUNNING))
        .order_by(Call.id, Person.id)
    )
    return tuple(
        Reader(Recipient(email, locale, person_id), person_id, call_id, slug, title, at)
        for person_id, email, locale, call_id, slug, title, at in rows
    )


def changes(session: Session, *, call_id: int, viewer_id: int, since: datetime) -> Changes:
    """What one organizer is told of a call; one statement."""
    first, *others = (
        _submissions(call_id, viewer_id, since),
        _to_screen(call_id, viewer_id),
        _duplicates(call_id, viewer_id, since),
        _reports(call_id, viewer_id, since),
        _answers(call_id, viewer_id, since),
    )
    joined = reduce(lambda left, right: left.join(right, sa.true()), others, first)  # each has one row
    return Changes(**session.execute(sa.select(first, *others).select_from(joined)).one()._mapping)


def _submissions(call_id: int, viewer_id: int, since: datetime) -> sa.Subquery:
    source = aliased(QuestionSource)
    return (
        sa.select(sa.func.count().label("n_new_submissions"))
        .select_from(Submission)
        .join(source, source.submission_id == Submission.id)
        .where(Submission.call_id == call_id, Submission.state.in_(LIVE), Submission.sent_at > since)
        .where(~is_involved(viewer_id, source.question_id))
        .subquery("submissions")
    )


def _to_screen(call_id: int, viewer_id: int) -> sa.Subquery:
    return (
        sa.select(sa.func.count().label("n_to_screen"))
        .where(Question.call_id == call_id, Question.state == QuestionState.NEW, ~is_involved(viewer_id, Question.id))
        .subquery("to_screen")
    )


def _duplicates(call_id: int, viewer_id: int, since: datetime) -> sa.Subquery:
    return (
        sa.select(
            sa.func.count().filter(DuplicatePair.suggested_at > since).label("n_new_duplicates"),
            sa.func.count().label("n_duplicates"),
        )
        .select_from(DuplicatePair)
        .join(Left, Left.id == DuplicatePair.left_id)
        .join(Right, Right.id == DuplicatePair.right_id)
        .where(DuplicatePair.call_id == call_id, DuplicatePair.verdict.is_(None))
        .where(Left.state.in_(STANDING), Right.state.in_(STANDING))
        .where(~is_involved(viewer_id, Left.id), ~is_involved(viewer_id, Right.id))
        .subquery("duplicates")
    )


def _reports(call_id: int, viewer_id: int, since: datetime) -> sa.Subquery:
    return (
        sa.select(
            sa.func.count().filter(ProblemReport.reported_at > since).label("n_new_reports"),
            sa.func.count().label("n_reports"),
        )
        .where(ProblemReport.call_id == call_id, ProblemReport.closed_at.is_(None))
        .where(~is_involved(viewer_id, ProblemReport.question_id))
        .subquery("reports")
    )


def _answers(call_id: int, viewer_id: int, since: datetime) -> sa.Subquery:
    source = aliased(QuestionSource)
    return (
        sa.select(sa.func.count().label("n_new_answers"))
        .select_from(RevisionRequest)
        .join(Submission, Submission.id == RevisionRequest.submission_id)
        .join(source, source.submission_id == Submission.id)
        .where(Submission.call_id == call_id, RevisionRequest.answered_at > since)
        .where(~is_involved(viewer_id, source.question_id))
        .subquery("answers")
    )
