"""Requests to look again at what became of a submission: whether one may be asked, and the organizers' list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts
from solicit.calls.states import OVER, CallState
from solicit.questions.models import Merge, Question, QuestionSource, SecondLook
from solicit.questions.queries.involvement import is_involved, people_involved
from solicit.questions.states import (
    SECOND_LOOK_WORDS,
    STAFF_WORDS,
    ChangeBy,
    QuestionState,
    SecondLookState,
    question_label,
)
from solicit.submissions.models import Submission
from solicit.submissions.states import LIVE
from solicit.web.pagination import Window

# Publications belong to reports, which build on questions; only the columns read here are known.
publication = sa.table("publication", sa.column("call_id"), sa.column("published_at"))
ASKED_WITHIN = timedelta(days=14)

First = aliased(Question, name="First")


@dataclass(frozen=True)
class OwnLook:
    """The request of a submitter and its answer, as they read it; who answered is not in it."""

    reason: str
    state_word: str
    asked_at: datetime
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True)
class Asking:
    """Whether another look at a submission can be asked for, until when, and what was asked."""

    is_decided: bool
    until: datetime | None
    look: OwnLook | None

    def is_open(self, now: datetime) -> bool:
        return self.is_decided and self.look is None and (self.until is None or now < self.until)


@dataclass(frozen=True)
class LookRow:
    """One request on the desk; who asked is not shown: it is about the decision."""

    submission_id: int
    first_question_id: int
    question_id: int
    version: int
    has_theme: bool
    change_by: ChangeBy
    label: str | None
    grouped_with: str | None
    title: str
    language: str
    question_word: str
    reason: str
    state: SecondLookState
    state_word: str
    asked_at: datetime
    answer: str
    answered_at: datetime | None


def asking_of(session: Session, *, call: CallFacts, submission_id: int) -> Asking:
    """Whether there is a decision to look at again, and until when; one statement."""
    published_at = sa.select(sa.func.max(publication.c.published_at)).where(publication.c.call_id == call.id)
    row = session.execute(
        sa.select(
            Submission.state,
            Question.state.label("question_state"),
            (Question.id != QuestionSource.first_question_id).label("is_grouped"),
            published_at.scalar_subquery().label("published_at"),
            SecondLook,
        )
        .select_from(Submission)
        .join(QuestionSource, QuestionSource.submission_id == Submission.id)
        .join(Question, Question.id == QuestionSource.question_id)
        .outerjoin(SecondLook, SecondLook.submission_id == Submission.id)
        .where(Submission.id == submission_id, Submission.call_id == call.id)
        .execution_options(populate_existing=True)
    ).one()
    is_said = row.question_state is QuestionState.OUT_OF_SCOPE or row.is_grouped or row.published_at is not None
    return Asking(
        is_decided=row.state in LIVE and is_said,
        until=row.published_at and row.published_at + ASKED_WITHIN,
        look=row.SecondLook and _own(row.SecondLook),
    )


def second_look_subject(session: Session, *, call: CallFacts, submission_id: int, **_) -> Subject | None:
    """Facts for the policy: who has a part in the questions that the submission speaks, or spoke, through."""
    source = session.execute(
        sa.select(QuestionSource.question_id, QuestionSource.first_question_id)
        .join(SecondLook, SecondLook.submission_id == QuestionSource.submission_id)
        .join(Submission, Submission.id == QuestionSource.submission_id)
        .where(QuestionSource.submission_id == submission_id, Submission.call_id == call.id)
    ).one_or_none()
    return source and Subject(call_id=call.id, conflicted_ids=people_involved(session, question_ids=tuple(source)))


def look_counts(session: Session, *, call: CallFacts, viewer_id: int) -> Mapping[SecondLookState, int]:
    """Requests per state, without those in whose question the viewer has a part; one statement."""
    seen = _looks(call, viewer_id).with_only_columns(SecondLook.state, sa.func.count())
    return {state: n for state, n in session.execute(seen.group_by(SecondLook.state))}


def look_rows(
    session: Session, *, call: CallFacts, viewer_id: int, state: SecondLookState, window: Window
) -> tuple[LookRow, ...]:
    """One page of the requests, the longest waiting first; one statement."""
    page = _looks(call, viewer_id).where(SecondLook.state == state)
    page = page.order_by(SecondLook.asked_at, SecondLook.submission_id).limit(window.size).offset(window.offset)
    return tuple(_row(call, row) for row in session.execute(page))


def one_look(session: Session, *, call: CallFacts, viewer_id: int, submission_id: int) -> LookRow | None:
    row = session.execute(_looks(call, viewer_id).where(SecondLook.submission_id == submission_id)).one_or_none()
    return row and _row(call, row)


def changed_since(session: Session, *, call: CallFacts, since: datetime, viewer_id: int | None = None) -> list[str]:
    """Numbers of what a second look took into the call after its results were published; one statement.

    Without those in whose question a viewer has a part.
    """
    changed = (
        sa.select(Question.kind, Question.number)
        .join(QuestionSource, QuestionSource.question_id == Question.id)
        .join(SecondLook, SecondLook.submission_id == QuestionSource.submission_id)
        .where(Question.call_id == call.id, Question.state == QuestionState.IN_SCOPE)
        .where(SecondLook.state == SecondLookState.CHANGED, Question.screened_at > since)
        .group_by(Question.id)
        .order_by(Question.kind, Question.number)
    )
    if viewer_id is not None:
        changed = changed.where(~is_involved(viewer_id, Question.id))
    return [question_label(kind, number) for kind, number in session.execute(changed)]


def _looks(call: CallFacts, viewer_id: int) -> sa.Select:
    was_parted = sa.exists().where(Merge.source_id == First.id, Merge.undone_at > SecondLook.asked_at)
    return (
        sa.select(SecondLook, Submission, Question, First, was_parted.label("was_parted"))
        .join(Submission, Submission.id == SecondLook.submission_id)
        .join(QuestionSource, QuestionSource.submission_id == Submission.id)
        .join(Question, Question.id == QuestionSource.question_id)
        .join(First, First.id == QuestionSource.first_question_id)
        .where(Submission.call_id == call.id)
        .where(~is_involved(viewer_id, Question.id), ~is_involved(viewer_id, First.id))
        .execution_options(populate_existing=True)
    )


def _own(look: SecondLook) -> OwnLook:
    return OwnLook(look.reason, SECOND_LOOK_WORDS[look.state], look.asked_at, look.answer, look.answered_at)


def _change_by(call: CallFacts, row: sa.Row) -> ChangeBy:
    question = row.Question
    if call.state is CallState.ARCHIVED or question.state is QuestionState.WITHDRAWN:
        return ChangeBy.NOTHING
    if question.state in (QuestionState.NEW, QuestionState.OUT_OF_SCOPE):
        return ChangeBy.ANSWER
    if question.id != row.First.id:
        return ChangeBy.NOTHING_GROUPED if call.state in OVER else ChangeBy.UNDOING_MERGE
    was_screened = question.screened_at is not None and question.screened_at > row.SecondLook.asked_at
    return ChangeBy.DESK if was_screened or row.was_parted else ChangeBy.NOTHING


def _row(call: CallFacts, row: sa.Row) -> LookRow:
    look, submission, question, first, _ = row
    is_grouped = question.id != first.id
    return LookRow(
        submission_id=look.submission_id,
        first_question_id=first.id,
        question_id=question.id,
        version=question.version,
        has_theme=question.theme_id is not None,
        change_by=_change_by(call, row),
        label=question_label(first.kind, first.number),
        grouped_with=question_label(question.kind, question.number) if is_grouped else None,
        title=submission.title,
        language=submission.language,
        question_word=STAFF_WORDS[first.state],
        reason=look.reason,
        state=look.state,
        state_word=SECOND_LOOK_WORDS[look.state],
        asked_at=look.asked_at,
        answer=look.answer,
        answered_at=look.answered_at,
    )
