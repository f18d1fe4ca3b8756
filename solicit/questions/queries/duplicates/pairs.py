"""Pairs of questions that look alike, for the organizers who say whether they ask the same."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts, ThemeView
from solicit.calls.states import Kind
from solicit.people.models import Person
from solicit.questions.models import DuplicatePair, Question
from solicit.questions.queries.duplicates.sides import Side, n_submissions_of, side_view, staying_order, words_of_sides
from solicit.questions.queries.involvement import involved_people, is_involved
from solicit.questions.states import STANDING, VERDICT_WORDS, Method, Verdict, question_label
from solicit.web.pagination import Window
from solicit.words import N_

UNDECIDED, DECIDED = "undecided", "decided"
PROBABLE, SIMILAR, NEWEST, LAST_DECIDED = "probable", "similar", "newest", "decided"
SORT_WORDS = {
    PROBABLE: N_("Most probable first"),
    SIMILAR: N_("Most similar first"),
    NEWEST: N_("Newest first"),
    LAST_DECIDED: N_("Last decided first"),
}
METHOD_WORDS = {Method.MEANING: N_("By meaning"), Method.WORDS: N_("By words")}

Left, Right = aliased(Question), aliased(Question)


@dataclass(frozen=True)
class PairFilter:
    """Which pairs: a verdict, “undecided” or “decided”, and what the two are like; None means any."""

    verdict: str | None = UNDECIDED
    theme: str | None = None
    kind: Kind | None = None
    method: Method | None = None
    least: float | None = None
    is_across: bool = False
    sort: str = PROBABLE


@dataclass(frozen=True)
class PairView:
    """Two questions side by side."""

    id: int
    left: Side
    right: Side
    cosine: float
    probability: float
    method_word: str
    is_audit: bool
    verdict: str | None
    verdict_word: str | None
    decided_at: datetime | None
    decided_by: str | None
    suggested_id: int

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.left, self.right

    @property
    def suggested_first(self) -> tuple[Side, Side]:
        """The sides, the one that should stay first."""
        return self.sides if self.suggested_id == self.left.id else (self.right, self.left)


@dataclass(frozen=True)
class PairRow:
    """One pair as a line of a table."""

    left_label: str | None
    left_title: str
    right_label: str | None
    right_title: str
    probability: float
    cosine: float
    method: str
    is_audit: bool
    verdict: str | None
    decided_by: str | None
    decided_at: datetime | None


def pair_subject(session: Session, *, call: CallFacts, pair_id: int, **_) -> Subject | None:
    """Facts for the policy about a pair: everybody who has a part in one of the two; one statement."""
    ends = sa.func.unnest(sa.literal_column("ARRAY[left_id, right_id]"))
    involved = involved_people(sa.select(ends).select_from(DuplicatePair).where(DuplicatePair.id == pair_id)).subquery()
    people = session.scalars(
        sa.select(involved.c.person_id)
        .select_from(sa.outerjoin(DuplicatePair, involved, sa.true()))
        .where(DuplicatePair.id == pair_id, DuplicatePair.call_id == call.id)
    ).all()
    return Subject(call_id=call.id, conflicted_ids=frozenset(people) - {None}) if people else None


def pair_rows(
    session: Session, *, call: CallFacts, viewer_id: int, chosen: PairFilter, window: Window
) -> tuple[PairView, ...]:
    """One page of the queue; one statement."""
    rows = session.execute(
        _pairs()
        .where(*visible(call, viewer_id), *_matching(call, chosen))
        .order_by(*_order(chosen.sort))
        .offset(window.offset)
        .limit(window.size)
    )
    return tuple(_pair_view(call, row) for row in rows)


def pair_table(session: Session, *, call: CallFacts, viewer_id: int, chosen: PairFilter) -> tuple[PairRow, ...]:
    """Every pair of the filter without its texts; one statement."""
    sides = [getattr(side, name) for side in (Left, Right) for name in ("kind", "number", "title")]
    rows = session.execute(
        _joined(sa.select(DuplicatePair, Person.full_name, *sides))
        .where(*visible(call, viewer_id), *_matching(call, chosen))
        .order_by(*_order(chosen.sort))
    )
    return tuple(_pair_row(*row) for row in rows)


def pair_view(session: Session, *, call: CallFacts, pair_id: int) -> PairView:
    return _pair_view(call, session.execute(_pairs().where(DuplicatePair.id == pair_id)).one())


def pairs_with(session: Session, *, question_id: int, other_ids: Collection[int]) -> dict[int, DuplicatePair]:
    """The pairs of one question with these others, by the other's id and in the order of the pairs'; one statement."""
    ends = (DuplicatePair.left_id, DuplicatePair.right_id), (DuplicatePair.right_id, DuplicatePair.left_id)
    is_between = sa.or_(*(sa.and_(one == question_id, other.in_(other_ids)) for one, other in ends))
    found = session.scalars(sa.select(DuplicatePair).where(is_between).order_by(DuplicatePair.id))
    return {pair.right_id if pair.left_id == question_id else pair.left_id: pair for pair in found}


def visible(call: CallFacts, viewer_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    """Pairs of the call without those in which this organizer has a part; undecided ones only while both stand."""
    both_stand = sa.and_(Left.state.in_(STANDING), Right.state.in_(STANDING))
    return (
        DuplicatePair.call_id == call.id,
        sa.or_(DuplicatePair.verdict.is_not(None), both_stand),
        ~is_involved(viewer_id, DuplicatePair.left_id),
        ~is_involved(viewer_id, DuplicatePair.right_id),
    )


def _matching(call: CallFacts, chosen: PairFilter) -> tuple[sa.ColumnElement[bool], ...]:
    theme = call.theme(chosen.theme)
    return (
        _has_verdict(chosen.verdict),
        sa.or_(*(_has_theme(side, theme) for side in (Left, Right))) if chosen.theme else sa.true(),
        Left.kind == chosen.kind if chosen.kind else sa.true(),
        DuplicatePair.method == chosen.method if chosen.method else sa.true(),
        DuplicatePair.probability >= chosen.least if chosen.least else sa.true(),
        Left.theme_id.is_distinct_from(Right.theme_id) if chosen.is_across else sa.true(),
    )


def _has_verdict(verdict: str | None) -> sa.ColumnElement[bool]:
    if verdict is None:
        return sa.true()
    if verdict in (UNDECIDED, DECIDED):
        return DuplicatePair.verdict.is_(None) if verdict == UNDECIDED else DuplicatePair.verdict.is_not(None)
    return DuplicatePair.verdict == Verdict(verdict)


def _order(sort: str) -> tuple[sa.ColumnElement, ...]:
    # An audit stands among the suggestions, as if it were one.
    place = sa.func.coalesce(DuplicatePair.place, DuplicatePair.probability)
    first = {
        SIMILAR: DuplicatePair.cosine.desc(),
        NEWEST: DuplicatePair.suggested_at.desc(),
        LAST_DECIDED: DuplicatePair.decided_at.desc().nulls_last(),
    }
    return (first[sort], DuplicatePair.id) if sort in first else (place.desc(), DuplicatePair.id)


def _joined(select: sa.Select) -> sa.Select:
    return (
        select.select_from(DuplicatePair)
        .join(Left, Left.id == DuplicatePair.left_id)
        .join(Right, Right.id == DuplicatePair.right_id)
        .outerjoin(Person, Person.id == DuplicatePair.decided_by_id)
    )


@cache
def _pairs() -> sa.Select:
    counts = (n_submissions_of(side) for side in (Left, Right))
    return _joined(sa.select(DuplicatePair, Person.full_name, Left, Right, *counts))


def _has_theme(side: type[Question], theme: ThemeView | None) -> sa.ColumnElement[bool]:
    return side.theme_id.is_(None) if theme is None else side.theme_id == theme.id


def _pair_view(call: CallFacts, row: Sequence) -> PairView:
    pair, decided_by, left, right, n_left, n_right = row
    words = words_of_sides(left, right)
    sides = side_view(call, left, words[0], n_left), side_view(call, right, words[1], n_right)
    return PairView(
        id=pair.id,
        left=sides[0],
        right=sides[1],
        cosine=pair.cosine,
        probability=pair.probability,
        method_word=METHOD_WORDS[pair.method],
        is_audit=pair.is_audit,
        verdict=pair.verdict.value if pair.verdict else None,
        verdict_word=VERDICT_WORDS[pair.verdict] if pair.verdict else None,
        decided_at=pair.decided_at,
        decided_by=decided_by,
        suggested_id=min(sides, key=staying_order).id,
    )


def _pair_row(pair: DuplicatePair, decided_by: str | None, *sides) -> PairRow:
    left, right = sides[:3], sides[3:]
    return PairRow(
        left_label=question_label(*left[:2]),
        left_title=left[2],
        right_label=question_label(*right[:2]),
        right_title=right[2],
        probability=pair.probability,
        cosine=pair.cosine,
        method=pair.method.value,
        is_audit=pair.is_audit,
        verdict=pair.verdict.value if pair.verdict else None,
        decided_by=decided_by,
        decided_at=pair.decided_at,
    )
