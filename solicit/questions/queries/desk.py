"""What the organizers' desk reads: the queue, and one question with what is needed to decide on it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from solicit.calls.models import OutOfScopeReason
from solicit.calls.queries import CallFacts, ThemeView
from solicit.calls.states import KIND_WORDS
from solicit.questions.models import Question, QuestionSource
from solicit.questions.queries.involvement import is_involved
from solicit.questions.queries.supporters import SupportCount, group_of, n_countries, n_supporters
from solicit.questions.states import STAFF_WORDS, QuestionState, parse_label, question_label
from solicit.submissions.models import Submission
from solicit.submissions.states import LIVE
from solicit.web.folding import search_query
from solicit.web.pagination import Window

NO_THEME = "none"


@dataclass(frozen=True)
class DeskFilter:
    """Which part of the queue: a theme's key or “none”, a state, words to look for."""

    state: QuestionState | None = QuestionState.NEW
    theme: str | None = None
    words: str = ""


@dataclass(frozen=True)
class DeskRow:
    """One question of the queue."""

    id: int
    label: str | None
    title: str
    language: str
    kind_word: str
    theme: ThemeView | None
    state: str
    state_word: str
    created_at: datetime
    is_incomplete: bool
    can_be_accepted: bool


@dataclass(frozen=True)
class DeskCounts:
    """Questions per state (under the other filters) and per theme key."""

    per_state: dict[QuestionState, int]
    per_theme: dict[str, int]


@dataclass(frozen=True)
class DeskQuestion(DeskRow):
    """One question as the organizer reads it."""

    version: int
    goal_overview: str
    significance: str
    approach: str
    reason: str | None
    reason_note: str
    screened_at: datetime | None
    merged_into_id: int | None
    merged_into_title: str | None
    references: tuple[str, ...]
    support: SupportCount
    next_id: int | None

    @property
    def is_open_to_decisions(self) -> bool:
        return self.state in ("new", "in_scope", "out_of_scope")


def desk_counts(session: Session, *, call: CallFacts, viewer_id: int, chosen: DeskFilter) -> DeskCounts:
    """The numbers beside the filters; one statement."""
    rows = session.execute(
        sa.select(Question.state, Question.theme_id, sa.func.count())
        .where(*_visible(call, viewer_id), *_matching(chosen.words))
        .group_by(Question.state, Question.theme_id)
    )
    per_state, per_theme = Counter(), Counter()
    for state, theme_id, count in rows:
        key = theme_key(call, theme_id)
        if chosen.theme in (None, key):
            per_state[state] += count
        if chosen.state in (None, state):
            per_theme[key] += count
    return DeskCounts(dict(per_state), dict(per_theme))


def desk_rows(
    session: Session, *, call: CallFacts, viewer_id: int, chosen: DeskFilter, window: Window
) -> tuple[DeskRow, ...]:
    """One page of the queue, oldest first; one statement."""
    conditions = [*_visible(call, viewer_id), *_matching(chosen.words)]
    if chosen.state:
        conditions.append(Question.state == chosen.state)
    if chosen.theme:
        theme = call.theme(chosen.theme)
        conditions.append(Question.theme_id.is_(None) if theme is None else Question.theme_id == theme.id)
    rows = (
        sa.select(Question)
        .where(*conditions)
        .order_by(Question.created_at, Question.id)
        .offset(window.offset)
        .limit(window.size)
    )
    return tuple(DeskRow(**_row(call, question)) for question in session.scalars(rows))


def rows_to_accept(
    session: Session, *, call: CallFacts, viewer_id: int, question_ids: Sequence[int]
) -> tuple[DeskRow, ...]:
    """The chosen questions that this organizer may decide on, oldest first."""
    rows = (
        sa.select(Question)
        .where(*_visible(call, viewer_id), Question.id.in_(question_ids))
        .order_by(Question.created_at, Question.id)
    )
    return tuple(DeskRow(**_row(call, question)) for question in session.scalars(rows))


def desk_question(session: Session, *, call: CallFacts, viewer_id: int, question_id: int) -> DeskQuestion:
    """One question with its reason, references and the next one of the queue; one statement."""
    target = aliased(Question)
    references = (
        sa.select(sa.func.array_agg(aggregate_order_by(Submission.reference, Submission.id)))
        .join(QuestionSource, QuestionSource.submission_id == Submission.id)
        .where(QuestionSource.question_id == Question.id, Submission.state.in_(LIVE))
        .correlate(Question)
        .scalar_subquery()
    )
    group = group_of(question_id)
    row = session.execute(
        sa.select(
            Question,
            OutOfScopeReason.label.label("reason"),
            target.title.label("target_title"),
            references.label("references"),
            n_supporters(group).label("n_supporters"),
            n_countries(group).label("n_countries"),
            _following(call, viewer_id).label("next_id"),
        )
        .outerjoin(OutOfScopeReason, OutOfScopeReason.id == Question.reason_id)
        .outerjoin(target, target.id == Question.merged_into_id)
        .where(Question.id == question_id)
    ).one()
    return _desk_question(call, row)


def next_new_id(session: Session, *, call: CallFacts, viewer_id: int, after_id: int) -> int | None:
    """The new question that follows another one in the queue."""
    return session.scalar(sa.select(_following(call, viewer_id)).select_from(Question).where(Question.id == after_id))


def theme_key(call: CallFacts, theme_id: int | None) -> str:
    """The key by which a filter knows a theme, or its absence."""
    theme = call.theme_by_id(theme_id)
    return theme.key if theme else NO_THEME


def _desk_question(call: CallFacts, row: sa.Row) -> DeskQuestion:
    question = row.Question
    return DeskQuestion(
        **_row(call, question),
        version=question.version,
        goal_overview=question.goal_overview,
        significance=question.significance,
        approach=question.approach,
        reason=row.reason,
        reason_note=question.reason_note,
        screened_at=question.screened_at,
        merged_into_id=question.merged_into_id,
        merged_into_title=row.target_title,
        references=tuple(row.references or ()),
        support=SupportCount(row.n_supporters, row.n_countries),
        next_id=row.next_id,
    )


def _following(call: CallFacts, viewer_id: int) -> sa.ScalarSelect[int]:
    following = aliased(Question)
    return (
        sa.select(following.id)
        .where(
            following.call_id == call.id,
            following.state == QuestionState.NEW,
            sa.tuple_(following.created_at, following.id) > sa.tuple_(Question.created_at, Question.id),
            ~is_involved(viewer_id, following.id),
        )
        .order_by(following.created_at, following.id)
        .limit(1)
        .correlate(Question)
        .scalar_subquery()
    )


def _visible(call: CallFacts, viewer_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    """A call's questions without those in which this organizer has a part."""
    return Question.call_id == call.id, ~is_involved(viewer_id, Question.id)


def _matching(words: str) -> tuple[sa.ColumnElement[bool], ...]:
    numbered = parse_label(words)
    if numbered:
        kind, number = numbered
        return Question.kind == kind, Question.number == number
    asked = search_query(words)
    return (Question.search_vector.op("@@")(sa.func.to_tsquery("simple", asked)),) if asked else ()


def _row(call: CallFacts, question: Question) -> dict[str, object]:
    theme = call.theme_by_id(question.theme_id)
    return dict(
        id=question.id,
        label=question_label(question.kind, question.number),
        title=question.title,
        language=question.language,
        kind_word=KIND_WORDS[question.kind],
        theme=theme,
        state=question.state.value,
        state_word=STAFF_WORDS[question.state],
        created_at=question.created_at,
        is_incomplete=theme is None or not (question.goal_overview and question.significance),
        can_be_accepted=question.state is QuestionState.NEW and theme is not None,
    )
