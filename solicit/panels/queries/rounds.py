"""Rounds as the organizers see them: what is scored, and which questions still lack panelists."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts, ThemeView
from solicit.calls.states import KIND_WORDS, Kind
from solicit.panels.models import Assignment, Criterion, Panel, Panelist, Review, Round, RoundQuestion
from solicit.panels.queries.conflicts import without_conflict
from solicit.panels.states import DONE, LIVE, ROUND_WORDS, AssignmentState, Confidence, RoundState
from solicit.questions.models import Question
from solicit.questions.states import QuestionState, question_label
from solicit.web.pagination import Window


@dataclass(frozen=True)
class RoundRow:
    id: int
    name: str
    kind_word: str
    state: str
    state_word: str
    opens_at: datetime
    closes_at: datetime
    n_assigned: int
    n_done: int


@dataclass(frozen=True)
class CriterionView:
    id: int
    key: str
    name: str
    question: str
    low: str
    high: str
    weight: int


@dataclass(frozen=True)
class RoundCounts:
    """What was assigned and what became of it."""

    n_assigned: int
    n_panelists: int
    n_scored: int
    n_outside: int
    n_abstained: int
    n_voided: int


@dataclass(frozen=True)
class RoundPage:
    id: int
    name: str
    kind: Kind
    kind_word: str
    state: str
    state_word: str
    opens_at: datetime
    closes_at: datetime
    reviews_per_question: int
    criteria: tuple[CriterionView, ...]
    counts: RoundCounts

    @property
    def n_done(self) -> int:
        return self.counts.n_scored + self.counts.n_outside + self.counts.n_abstained

    @property
    def takes_assignments(self) -> bool:
        return self.state in (RoundState.DRAFT.value, RoundState.OPEN.value)


@dataclass(frozen=True)
class CoverageRow:
    """A question and how many panelists read it; ``has_reader`` is False if nobody reads its language."""

    label: str
    title: str
    language: str
    theme: ThemeView | None
    n_live: int
    has_reader: bool


@dataclass(frozen=True)
class Coverage:
    rows: tuple[CoverageRow, ...]
    n_questions: int
    n_short: int


def round_subject(session: Session, *, call: CallFacts, round_id: int, **_) -> Subject | None:
    """Facts for the policy: a round belongs to its call."""
    found = session.scalar(sa.select(Round.id).where(Round.id == round_id, Round.call_id == call.id))
    return Subject(call_id=call.id) if found else None


def round_rows(session: Session, *, call_id: int) -> tuple[RoundRow, ...]:
    """The rounds of a call, latest first; one statement."""
    given = Assignment.state != AssignmentState.VOIDED
    found = session.execute(
        sa.select(
            Round,
            sa.func.count(Assignment.id).filter(given),
            sa.func.count(Assignment.id).filter(Assignment.state.in_(DONE)),
        )
        .outerjoin(Assignment, Assignment.round_id == Round.id)
        .where(Round.call_id == call_id)
        .group_by(Round.id)
        .order_by(Round.id.desc())
    )
    return tuple(
        RoundRow(
            id=row.id,
            name=row.name,
            kind_word=KIND_WORDS[row.kind],
            state=row.state.value,
            state_word=ROUND_WORDS[row.state],
            opens_at=row.opens_at,
            closes_at=row.closes_at,
            n_assigned=n_assigned,
            n_done=n_done,
        )
        for row, n_assigned, n_done in found
    )


def questions_in_open_round(session: Session, *, question_ids: Collection[int]) -> frozenset[int]:
    """Those of these questions that panelists of an open round have to judge, compare, order or discuss."""
    asked = (
        sa.select(Assignment.question_id)
        .join(Round, Round.id == Assignment.round_id)
        .where(Round.state == RoundState.OPEN, Assignment.state.in_(LIVE), Assignment.question_id.in_(question_ids))
    )
    listed = (
        sa.select(RoundQuestion.question_id)
        .join(Round, Round.id == RoundQuestion.round_id)
        .where(Round.state == RoundState.OPEN, RoundQuestion.question_id.in_(question_ids))
    )
    return frozenset(session.scalars(sa.union(asked, listed)))


def criteria_of(session: Session, *, round_id: int) -> tuple[CriterionView, ...]:
    """The criteria of a round in their order."""
    found = session.scalars(sa.select(Criterion).where(Criterion.round_id == round_id).order_by(Criterion.position))
    return tuple(CriterionView(c.id, c.key, c.name, c.question, c.low, c.high, c.weight) for c in found)


def round_page(session: Session, *, round_id: int) -> RoundPage:
    """One round with its criteria and counts; three statements."""
    row = session.get_one(Round, round_id, populate_existing=True)
    return RoundPage(
        id=row.id,
        name=row.name,
        kind=row.kind,
        kind_word=KIND_WORDS[row.kind],
        state=row.state.value,
        state_word=ROUND_WORDS[row.state],
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        reviews_per_question=row.reviews_per_question,
        criteria=criteria_of(session, round_id=round_id),
        counts=_counts(session, round_id),
    )


def coverage(session: Session, *, call: CallFacts, round_: RoundPage, viewer_id: int, window: Window) -> Coverage:
    """Questions that lack panelists, fewest first, without those ``viewer_id`` is in conflict with; two statements."""
    live = (
        sa.select(sa.func.count())
        .where(Assignment.round_id == round_.id, Assignment.question_id == Question.id, Assignment.state.in_(LIVE))
        .scalar_subquery()
    )
    has_reader = (
        sa.exists()
        .where(Panelist.panel_id == Panel.id, Panel.call_id == call.id)
        .where(Question.language == sa.any_(Panelist.languages))
    )
    ranked = (
        Question.call_id == call.id,
        Question.kind == round_.kind,
        Question.state == QuestionState.IN_SCOPE,
        without_conflict(Question.id, viewer_id),
    )
    short = live < round_.reviews_per_question
    n_questions, n_short = session.execute(
        sa.select(sa.func.count(), sa.func.count().filter(short)).select_from(Question).where(*ranked)
    ).one()
    found = session.execute(
        sa.select(Question.number, Question.title, Question.language, Question.theme_id, live, has_reader)
        .where(*ranked, short)
        .order_by(live, Question.number)
        .limit(window.size)
        .offset(window.offset)
    )
    rows = tuple(
        CoverageRow(question_label(round_.kind, number) or "", title, language, call.theme_by_id(theme_id), n, reader)
        for number, title, language, theme_id, n, reader in found
    )
    return Coverage(rows, n_questions, n_short)


def _counts(session: Session, round_id: int) -> RoundCounts:
    is_outside = Review.confidence == Confidence.OUTSIDE
    scored = Assignment.state == AssignmentState.SUBMITTED
    given = Assignment.state != AssignmentState.VOIDED
    return RoundCounts(
        *session.execute(
            sa.select(
                sa.func.count().filter(given),
                sa.func.count(sa.distinct(Assignment.person_id)).filter(given),
                sa.func.count().filter(scored, ~is_outside),
                sa.func.count().filter(scored, is_outside),
                sa.func.count().filter(Assignment.state == AssignmentState.ABSTAINED),
                sa.func.count().filter(~given),
            )
            .select_from(Assignment)
            .outerjoin(Review, Review.assignment_id == Assignment.id)
            .where(Assignment.round_id == round_id)
        ).one()
    )
