"""Pairs of questions that look alike, for the organizers who say whether they ask the same."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts, ThemeView
from solicit.calls.states import KIND_WORDS
from solicit.questions.models import DuplicatePair, Merge, Question, QuestionSource
from solicit.questions.queries.differences import Words, word_differences
from solicit.questions.queries.involvement import is_involved, people_involved
from solicit.questions.queries.queue import theme_key
from solicit.questions.states import STAFF_WORDS, STANDING, VERDICT_WORDS, Verdict, question_label
from solicit.web.pagination import Window

UNDECIDED = "undecided"

Left, Right = aliased(Question), aliased(Question)


@dataclass(frozen=True)
class Side:
    """One question of a pair."""

    id: int
    label: str | None
    title: tuple[Words, ...]
    plain_title: str
    language: str
    kind_word: str
    theme: ThemeView | None
    state_word: str
    goal_overview: str
    significance: str
    created_at: datetime
    n_submissions: int


@dataclass(frozen=True)
class PairView:
    """Two questions side by side."""

    id: int
    left: Side
    right: Side
    cosine: float
    probability: float
    verdict: str | None
    verdict_word: str | None
    decided_at: datetime | None
    suggested_id: int

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.left, self.right

    @property
    def suggested_first(self) -> tuple[Side, Side]:
        """The sides, the one that should stay first."""
        return self.sides if self.suggested_id == self.left.id else (self.right, self.left)


@dataclass(frozen=True)
class PairCounts:
    per_verdict: dict[str, int]
    per_theme: dict[str, int]


@dataclass(frozen=True)
class MergeView:
    """One standing merge."""

    id: int
    source_label: str | None
    source_title: str
    source_language: str
    target_id: int
    target_label: str | None
    target_title: str
    target_language: str
    n_submissions: int
    merged_at: datetime


def pair_subject(session: Session, *, call: CallFacts, pair_id: int, **_) -> Subject | None:
    """Facts for the policy about a pair: everybody who has a part in one of the two."""
    ids = session.execute(
        sa.select(DuplicatePair.left_id, DuplicatePair.right_id).where(
            DuplicatePair.id == pair_id, DuplicatePair.call_id == call.id
        )
    ).one_or_none()
    return Subject(call_id=call.id, conflicted_ids=people_involved(session, question_ids=ids)) if ids else None


def merge_subject(session: Session, *, call: CallFacts, merge_id: int, **_) -> Subject | None:
    """Facts for the policy about a merge: everybody who has a part in one of the two."""
    ids = session.execute(
        sa.select(Merge.source_id, Merge.target_id)
        .join(Question, Question.id == Merge.source_id)
        .where(Merge.id == merge_id, Question.call_id == call.id)
    ).one_or_none()
    return Subject(call_id=call.id, conflicted_ids=people_involved(session, question_ids=ids)) if ids else None


def pair_counts(session: Session, *, call: CallFacts, viewer_id: int, verdict: str, theme: str | None) -> PairCounts:
    """Pairs per verdict (of the theme) and per theme (of the verdict); one statement."""
    rows = session.execute(
        sa.select(DuplicatePair.verdict, Left.theme_id, Right.theme_id, sa.func.count())
        .select_from(DuplicatePair)
        .join(Left, Left.id == DuplicatePair.left_id)
        .join(Right, Right.id == DuplicatePair.right_id)
        .where(*_visible(call, viewer_id))
        .group_by(DuplicatePair.verdict, Left.theme_id, Right.theme_id)
    )
    per_verdict, per_theme = Counter(), Counter()
    for found, left_theme, right_theme, count in rows:
        key = found.value if found else UNDECIDED
        themes = {theme_key(call, left_theme), theme_key(call, right_theme)}
        if theme is None or theme in themes:
            per_verdict[key] += count
        if key == verdict:
            per_theme.update(dict.fromkeys(themes, count))
    return PairCounts(dict(per_verdict), dict(per_theme))


def pair_rows(
    session: Session, *, call: CallFacts, viewer_id: int, verdict: str, theme: str | None, window: Window
) -> tuple[PairView, ...]:
    """One page of the queue, the most probable first; one statement."""
    conditions = list(_visible(call, viewer_id))
    undecided = verdict == UNDECIDED
    conditions.append(DuplicatePair.verdict.is_(None) if undecided else DuplicatePair.verdict == Verdict(verdict))
    if theme:
        found = call.theme(theme)
        conditions.append(sa.or_(*(_has_theme(side, found) for side in (Left, Right))))
    rows = session.execute(
        _pairs()
        .where(*conditions)
        .order_by(DuplicatePair.probability.desc(), DuplicatePair.id)
        .offset(window.offset)
        .limit(window.size)
    )
    return tuple(_pair_view(call, row) for row in rows)


def pair_view(session: Session, *, call: CallFacts, pair_id: int) -> PairView:
    return _pair_view(call, session.execute(_pairs().where(DuplicatePair.id == pair_id)).one())


def standing_merges(
    session: Session, *, call: CallFacts, viewer_id: int, window: Window
) -> tuple[tuple[MergeView, ...], int]:
    """One page of the merges that stand, the latest first, and their number; one statement."""
    rows = session.execute(
        sa.select(Merge, Left, Right, sa.func.count().over().label("total"))
        .join(Left, Left.id == Merge.source_id)
        .join(Right, Right.id == Merge.target_id)
        .where(Left.call_id == call.id, Merge.undone_at.is_(None))
        .where(~is_involved(viewer_id, Left.id), ~is_involved(viewer_id, Right.id))
        .order_by(Merge.merged_at.desc(), Merge.id.desc())
        .offset(window.offset)
        .limit(window.size)
    ).all()
    return tuple(_merge_view(*row[:3]) for row in rows), rows[0].total if rows else 0


def _visible(call: CallFacts, viewer_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    """Pairs of the call without those in which this organizer has a part; undecided ones only while both stand."""
    both_stand = sa.and_(Left.state.in_(STANDING), Right.state.in_(STANDING))
    return (
        DuplicatePair.call_id == call.id,
        sa.or_(DuplicatePair.verdict.is_not(None), both_stand),
        ~is_involved(viewer_id, Left.id),
        ~is_involved(viewer_id, Right.id),
    )


def _pairs() -> sa.Select:
    counts = (
        sa.select(sa.func.count())
        .select_from(QuestionSource)
        .where(QuestionSource.question_id == side.id)
        .correlate(side)
        .scalar_subquery()
        for side in (Left, Right)
    )
    return (
        sa.select(DuplicatePair, Left, Right, *counts)
        .join(Left, Left.id == DuplicatePair.left_id)
        .join(Right, Right.id == DuplicatePair.right_id)
    )


def _has_theme(side: type[Question], theme: ThemeView | None) -> sa.ColumnElement[bool]:
    return side.theme_id.is_(None) if theme is None else side.theme_id == theme.id


def _pair_view(call: CallFacts, row: Sequence) -> PairView:
    pair, left, right, n_left, n_right = row
    if left.language == right.language:
        titles = word_differences(left.title, right.title)
    else:
        titles = (Words(left.title, False),), (Words(right.title, False),)
    sides = _side(call, left, titles[0], n_left), _side(call, right, titles[1], n_right)
    return PairView(
        id=pair.id,
        left=sides[0],
        right=sides[1],
        cosine=pair.cosine,
        probability=pair.probability,
        verdict=pair.verdict.value if pair.verdict else None,
        verdict_word=VERDICT_WORDS[pair.verdict] if pair.verdict else None,
        decided_at=pair.decided_at,
        suggested_id=min(sides, key=_staying_order).id,
    )


def _staying_order(side: Side) -> tuple:
    """What should stay comes first: it has a number, more submissions, or is older."""
    return side.label is None, -side.n_submissions, side.created_at, side.id


def _side(call: CallFacts, question: Question, title: tuple[Words, ...], n_submissions: int) -> Side:
    return Side(
        id=question.id,
        label=question_label(question.kind, question.number),
        title=title,
        plain_title=question.title,
        language=question.language,
        kind_word=KIND_WORDS[question.kind],
        theme=call.theme_by_id(question.theme_id),
        state_word=STAFF_WORDS[question.state],
        goal_overview=question.goal_overview,
        significance=question.significance,
        created_at=question.created_at,
        n_submissions=n_submissions,
    )


def _merge_view(merge: Merge, source: Question, target: Question) -> MergeView:
    return MergeView(
        id=merge.id,
        source_label=question_label(source.kind, source.number),
        source_title=source.title,
        source_language=source.language,
        target_id=target.id,
        target_label=question_label(target.kind, target.number),
        target_title=target.title,
        target_language=target.language,
        n_submissions=len(merge.submission_ids),
        merged_at=merge.merged_at,
    )
