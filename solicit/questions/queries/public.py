"""Questions as everybody sees them: only what is part of the call, and never who wrote it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from solicit.access.policy import Identity, Subject, sits_on_a_panel
from solicit.calls.models import OutOfScopeReason
from solicit.calls.queries import CallFacts, ThemeView
from solicit.calls.states import KIND_WORDS, CallState, Kind
from solicit.questions.models import Question, QuestionSource, Support
from solicit.questions.queries.supporters import band_of, group_of, n_supporters
from solicit.questions.states import PUBLIC_WORDS, QuestionState, parse_label, question_label
from solicit.submissions.models import Authorship, Submission
from solicit.submissions.states import LIVE


@dataclass(frozen=True)
class Viewer:
    """What the public pages need to know of the person who asks."""

    person_id: int | None
    sees_support: bool


@dataclass(frozen=True)
class Wording:
    """One wording of a question, with what is public of its origin."""

    label: str | None
    language: str
    title: str
    goal_overview: str
    significance: str
    approach: str
    sent_at: datetime


@dataclass(frozen=True)
class QuestionPage:
    """One question for one viewer; ``band`` is None when nobody supports it or the viewer may not know."""

    id: int
    label: str
    kind: Kind
    kind_word: str
    theme: ThemeView | None
    wording: Wording
    grouped_with: str | None
    band: tuple[int, int | None] | None
    shows_support: bool
    is_supported: bool
    is_author: bool
    originals: tuple[Wording, ...]


@dataclass(frozen=True)
class Standing:
    """What the public words say of a submission's question."""

    question_id: int
    label: str | None
    state_word: str
    letter: str


def viewer_of(identity: Identity | None, call: CallFacts) -> Viewer:
    """Panels judge without knowing the support, so their members do not see it before the results."""
    on_panel = identity is not None and sits_on_a_panel(identity, Subject(call_id=call.id))
    is_over = call.state in (CallState.PUBLISHED, CallState.ARCHIVED)
    return Viewer(identity.person_id if identity else None, sees_support=is_over or not on_panel)


def question_page(session: Session, *, call: CallFacts, label: str, viewer: Viewer) -> QuestionPage | None:
    """A question that is part of the call, or was grouped with one that is; two statements."""
    named = _named(call, label)
    if named is None:
        return None
    group = group_of(named)
    found = session.execute(_page_row(named, group, viewer)).one_or_none()
    if found is None:
        return None
    inside = sa.select(Question).join(group, group.c.id == Question.id).where(Question.id != found.Question.id)
    originals = session.scalars(inside.where(_has_live_origin()).order_by(Question.id))
    return _page(found, tuple(_wording(original) for original in originals), call, viewer)


def question_id_of(session: Session, *, call: CallFacts, label: str) -> int | None:
    """The id of a question that the public may read and that stands by itself."""
    named = _named(call, label)
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


def states_of(session: Session, submission_ids: tuple[int, ...]) -> dict[int, Standing]:
    """What submitters read of the questions of their submissions; one statement."""
    rows = session.execute(
        sa.select(Question, QuestionSource.submission_id, QuestionSource.first_question_id, OutOfScopeReason.letter)
        .join(QuestionSource, QuestionSource.question_id == Question.id)
        .outerjoin(OutOfScopeReason, OutOfScopeReason.id == Question.reason_id)
        .where(QuestionSource.submission_id.in_(submission_ids))
    )
    return {row.submission_id: _standing(row) for row in rows}


def _named(call: CallFacts, label: str) -> sa.Select | None:
    """The id of the question with this label, if the public of this call may know of any."""
    parsed = parse_label(label)
    if parsed is None or not call.shows_questions:
        return None
    kind, number = parsed
    return sa.select(Question.id).where(Question.call_id == call.id, Question.kind == kind, Question.number == number)


def _page_row(named: sa.Select, group: sa.CTE, viewer: Viewer) -> sa.Select:
    climb = sa.select(Question.id, Question.merged_into_id).where(Question.id.in_(named)).cte("climb", recursive=True)
    climb = climb.union(
        sa.select(Question.id, Question.merged_into_id).join(climb, Question.id == climb.c.merged_into_id)
    )
    target = aliased(Question)
    return (
        sa.select(
            Question,
            target.id.label("target_id"),
            target.kind.label("target_kind"),
            target.number.label("target_number"),
            n_supporters(group).label("n_supporters"),
            _is_supported(group, viewer.person_id).label("is_supported"),
            is_author(viewer.person_id).label("is_author"),
        )
        .join(target, target.id.in_(sa.select(climb.c.id).where(climb.c.merged_into_id.is_(None))))
        .where(Question.id.in_(named), target.state == QuestionState.IN_SCOPE)
        .where(sa.or_(Question.merged_into_id.is_(None), _has_live_origin()))
    )


def _has_live_origin() -> sa.ColumnElement[bool]:
    """Whether a submission that came with the question is still there: a withdrawn text is shown to nobody."""
    came = sa.select(QuestionSource.submission_id).join(Submission, Submission.id == QuestionSource.submission_id)
    came = came.where(QuestionSource.first_question_id == Question.id, Submission.state.in_(LIVE))
    return came.correlate(Question).exists()


def _is_supported(group: sa.CTE, person_id: int | None) -> sa.ColumnElement[bool]:
    given = sa.select(Support.question_id).join(group, group.c.id == Support.question_id)
    return given.where(Support.person_id == person_id, Support.withdrawn_at.is_(None)).exists()


def is_author(person_id: int | None) -> sa.ColumnElement[bool]:
    """Whether the person sent or wrote a submission of the question in the statement around it."""
    is_theirs = sa.or_(Submission.submitter_id == person_id, Authorship.person_id == person_id)
    written = _authorship().where(QuestionSource.question_id == Question.id, is_theirs)
    return written.correlate(Question).exists() if person_id is not None else sa.false()


def _authorship() -> sa.Select:
    return (
        sa.select(QuestionSource.submission_id)
        .join(Submission, Submission.id == QuestionSource.submission_id)
        .outerjoin(Authorship, Authorship.submission_id == Submission.id)
    )


def _page(found: sa.Row, originals: tuple[Wording, ...], call: CallFacts, viewer: Viewer) -> QuestionPage:
    question = found.Question
    is_grouped = found.target_id != question.id
    return QuestionPage(
        id=question.id,
        label=question_label(question.kind, question.number),
        kind=question.kind,
        kind_word=KIND_WORDS[question.kind],
        theme=call.theme_by_id(question.theme_id),
        wording=_wording(question),
        grouped_with=question_label(found.target_kind, found.target_number) if is_grouped else None,
        band=band_of(found.n_supporters) if viewer.sees_support else None,
        shows_support=viewer.sees_support and not is_grouped,
        is_supported=found.is_supported,
        is_author=found.is_author,
        originals=originals,
    )


def _wording(question: Question) -> Wording:
    return Wording(
        label=question_label(question.kind, question.number),
        language=question.language,
        title=question.title,
        goal_overview=question.goal_overview,
        significance=question.significance,
        approach=question.approach,
        sent_at=question.created_at,
    )


def _standing(row: sa.Row) -> Standing:
    question = row.Question
    is_grouped = question.id != row.first_question_id
    state = QuestionState.MERGED if is_grouped and question.state is QuestionState.IN_SCOPE else question.state
    label = question_label(question.kind, question.number) if question.state is QuestionState.IN_SCOPE else None
    return Standing(question.id, label, PUBLIC_WORDS[state], row.letter or "")
