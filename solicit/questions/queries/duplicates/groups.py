"""Groups: the questions that would join one of them if all suggestions were right, as a star around it."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.questions.models import DuplicateGroup, DuplicatePair, Question
from solicit.questions.queries.duplicates.pairs import pairs_with
from solicit.questions.queries.duplicates.sides import (
    NamedQuestion,
    Side,
    n_submissions_of,
    named,
    side_view,
    staying_order,
    words_of_sides,
)
from solicit.questions.queries.involvement import is_involved
from solicit.questions.states import STANDING, VERDICT_WORDS, Verdict
from solicit.web.pagination import Window

# From here on the members of a group are ticked beforehand: one wrong suggestion in ten is one that a reader catches.
LIKELY_SAME = 0.9


@dataclass(frozen=True)
class GroupRow:
    """A group in the list: its centre, or what stands for one that must not be seen, and the others."""

    id: int
    centre: NamedQuestion
    others: tuple[NamedQuestion, ...]


@dataclass(frozen=True)
class Member:
    """One question of a group beside the one that would stay; without a pair the two were never near each other."""

    side: Side
    pair_id: int | None
    probability: float | None
    cosine: float | None
    verdict_word: str | None

    @property
    def is_open(self) -> bool:
        return self.verdict_word is None


@dataclass(frozen=True)
class GroupPage:
    """A group around the question that would stay."""

    id: int
    centre: Side
    members: tuple[Member, ...]

    @property
    def ids(self) -> frozenset[int]:
        return frozenset({self.centre.id, *(member.side.id for member in self.members)})


def group_list(
    session: Session, *, call: CallFacts, viewer_id: int, window: Window
) -> tuple[tuple[GroupRow, ...], int]:
    """One page of the groups, the largest first, and their number; two statements.

    Left out: questions in which this organizer has a part, and groups of which less than two are left.
    """
    members = _members(call, viewer_id).cte("members")
    groups = session.execute(
        sa.select(members.c.canonical_id, sa.func.count().over().label("total"))
        .group_by(members.c.canonical_id)
        .having(sa.func.count() > 1)
        .order_by(sa.func.count().desc(), members.c.canonical_id)
        .offset(window.offset)
        .limit(window.size)
    ).all()
    ids = [group.canonical_id for group in groups]
    rows = session.execute(
        _members(call, viewer_id)
        .add_columns(Question)
        .where(DuplicateGroup.canonical_id.in_(ids))
        .order_by(DuplicateGroup.question_id != DuplicateGroup.canonical_id, Question.id)
    ).all()
    found = {id_: [named(row.Question) for row in rows if row.canonical_id == id_] for id_ in ids}
    listed = tuple(GroupRow(id_, questions[0], tuple(questions[1:])) for id_, questions in found.items())
    return listed, groups[0].total if groups else 0


def group_page(
    session: Session, *, call: CallFacts, viewer_id: int, group_id: int, keep_id: int | None = None
) -> GroupPage | None:
    """A group around the question to keep, by default its centre; None if less than two are left; two statements."""
    rows = session.execute(
        _members(call, viewer_id)
        .add_columns(Question, n_submissions_of(Question).label("n_submissions"))
        .where(DuplicateGroup.canonical_id == group_id)
    ).all()
    if len(rows) < 2:
        return None
    ids = [row.Question.id for row in rows]
    kept = next((row for id_ in (keep_id, group_id) for row in rows if row.Question.id == id_), None)
    kept = kept or min(rows, key=lambda row: staying_order(_side(call, row, row)))
    pairs = pairs_with(session, question_id=kept.Question.id, other_ids=ids)
    others = [row for row in rows if row is not kept]
    members = (_member(call, kept, row, pairs.get(row.Question.id)) for row in others)
    ordered = sorted(members, key=lambda member: (-(member.probability or 0), member.side.id))
    return GroupPage(group_id, _side(call, kept, kept), tuple(ordered))


def _members(call: CallFacts, viewer_id: int) -> sa.Select:
    return (
        sa.select(DuplicateGroup.canonical_id)
        .join(Question, Question.id == DuplicateGroup.question_id)
        .where(DuplicateGroup.call_id == call.id, Question.state.in_(STANDING), ~is_involved(viewer_id, Question.id))
    )


def _member(call: CallFacts, kept: sa.Row, row: sa.Row, pair: DuplicatePair | None) -> Member:
    words = words_of_sides(kept.Question, row.Question)[1]
    return Member(
        side=side_view(call, row.Question, words, row.n_submissions),
        pair_id=pair.id if pair else None,
        probability=pair.probability if pair else None,
        cosine=pair.cosine if pair else None,
        verdict_word=VERDICT_WORDS[Verdict(pair.verdict)] if pair and pair.verdict else None,
    )


def _side(call: CallFacts, row: sa.Row, other: sa.Row) -> Side:
    return side_view(call, row.Question, words_of_sides(row.Question, other.Question)[0], row.n_submissions)
