"""Questions as everybody sees them: only what is part of the call, and never who wrote it."""

from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Identity, Subject, sits_on_a_panel
from solicit.calls.models import Call, OutOfScopeReason
from solicit.calls.queries import CallFacts
from solicit.calls.queries.lists import reason_letter
from solicit.calls.states import CallState
from solicit.questions.models import Question, QuestionSource
from solicit.questions.states import PUBLIC_WORDS, QuestionState, parse_label, question_label
from solicit.submissions.models import Authorship, Submission
from solicit.submissions.states import LIVE


@dataclass(frozen=True)
class Viewer:
    """What the public pages need to know of the person who asks."""

    person_id: int | None
    sees_support: bool
    sees_authors: bool = False


@dataclass(frozen=True)
class Standing:
    """What the public words say of a submission's question."""

    question_id: int
    label: str | None
    state_word: str
    letter: str


def viewer_of(identity: Identity | None, call: CallFacts) -> Viewer:
    """Panels judge without knowing the support, so their members do not see it before the results. Who wrote a
    question is for the public after the results, and never for those who may have judged it."""
    on_panel = identity is not None and sits_on_a_panel(identity, Subject(call_id=call.id))
    is_over = call.state in (CallState.PUBLISHED, CallState.ARCHIVED)
    return Viewer(
        identity.person_id if identity else None,
        sees_support=is_over or not on_panel,
        sees_authors=is_over and not on_panel,
    )


def question_id_of(session: Session, *, call: CallFacts, label: str) -> int | None:
    """The id of a question that the public may read and that stands by itself."""
    named = named_question(call, label)
    return None if named is None else session.scalar(named.where(Question.state == QuestionState.IN_SCOPE))


def support_subject(session: Session, *, call: CallFacts, label: str, **_) -> Subject | None:
    """Facts for the policy: who wrote the question that somebody wants to support."""
    question_id = question_id_of(session, call=call, label=label)
    if question_id is None:
        return None
    return Subject(call_id=call.id, owner_ids=author_ids(session, question_id=question_id))


def author_ids(session: Session, *, question_id: int) -> frozenset[int]:
    """Everybody who sent or wrote a submission of this question."""
    rows = session.execute(
        _authorship()
        .with_only_columns(Submission.submitter_id, Authorship.person_id)
        .where(QuestionSource.question_id == question_id)
    )
    return frozenset(person_id for row in rows for person_id in row if person_id is not None)


def states_of(session: Session, submission_ids: tuple[int, ...], *, language: str | None = None) -> dict[int, Standing]:
    """What submitters read of the questions of their submissions; one statement."""
    rows = session.execute(
        sa.select(
            Question,
            QuestionSource.submission_id,
            QuestionSource.first_question_id,
            reason_letter(language).label("letter"),
        )
        .join(Call, Call.id == Question.call_id)
        .join(QuestionSource, QuestionSource.question_id == Question.id)
        .outerjoin(OutOfScopeReason, OutOfScopeReason.id == Question.reason_id)
        .where(QuestionSource.submission_id.in_(submission_ids))
    )
    return {row.submission_id: _standing(row) for row in rows}


def named_question(call: CallFacts, label: str) -> sa.Select | None:
    """The id of the question with this label, if the public of this call may know of any."""
    parsed = parse_label(label)
    if parsed is None or not call.shows_questions:
        return None
    kind, number = parsed
    return sa.select(Question.id).where(Question.call_id == call.id, Question.kind == kind, Question.number == number)


def is_author(person_id: int | sa.ColumnElement[int] | None) -> sa.ColumnElement[bool]:
    """Whether the person sent or wrote a submission of the question in the statement around it."""
    is_theirs = sa.or_(Submission.submitter_id == person_id, Authorship.person_id == person_id)
    written = _authorship().where(QuestionSource.question_id == Question.id, is_theirs)
    return written.correlate(Question).exists() if person_id is not None else sa.false()


@cache
def has_live_origin() -> sa.ColumnElement[bool]:
    """Whether a submission that came with the question is still there: a withdrawn text is shown to nobody.

    A summary is the organizers' own: it stays as long as anything is merged into it.
    """
    came = sa.select(QuestionSource.submission_id).join(Submission, Submission.id == QuestionSource.submission_id)
    came = came.where(QuestionSource.first_question_id == Question.id, Submission.state.in_(LIVE))
    return sa.or_(Question.is_summary, came.correlate(Question).exists())


@cache
def _authorship() -> sa.Select:
    return (
        sa.select(QuestionSource.submission_id)
        .join(Submission, Submission.id == QuestionSource.submission_id)
        .outerjoin(Authorship, Authorship.submission_id == Submission.id)
    )


def _standing(row: sa.Row) -> Standing:
    question = row.Question
    is_grouped = question.id != row.first_question_id
    state = QuestionState.MERGED if is_grouped and question.state is QuestionState.IN_SCOPE else question.state
    label = question_label(question.kind, question.number) if question.state is QuestionState.IN_SCOPE else None
    return Standing(question.id, label, PUBLIC_WORDS[state], row.letter or "")
