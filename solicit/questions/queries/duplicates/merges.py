"""Merges, standing and undone, and what is merged into what."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts
from solicit.people.models import Person
from solicit.questions.models import Merge, Question
from solicit.questions.queries.duplicates.sides import NamedQuestion, named
from solicit.questions.queries.involvement import is_involved, people_involved
from solicit.questions.states import parse_label
from solicit.web.folding import search_query
from solicit.web.pagination import Window
from solicit.words import N_

STANDS, UNDONE = "standing", "undone"
MERGE_WORDS = {STANDS: N_("Standing"), UNDONE: N_("Undone")}

Source, Target = aliased(Question), aliased(Question)
Merger, Undoer = aliased(Person), aliased(Person)


@dataclass(frozen=True)
class MergeView:
    """One merge, and who undid it, if somebody did."""

    id: int
    source: NamedQuestion
    target: NamedQuestion
    n_submissions: int
    merged_at: datetime
    merged_by: str | None
    undone_at: datetime | None
    undone_by: str | None


@dataclass(frozen=True)
class MergeList:
    rows: tuple[MergeView, ...]
    per_state: Mapping[str, int]


@dataclass(frozen=True)
class MergeTree:
    """A question, and what is merged into it; ``merge_id`` undoes its own merge into the one above."""

    question: NamedQuestion
    merge_id: int | None
    parts: tuple["MergeTree", ...]


def merge_subject(session: Session, *, call: CallFacts, merge_id: int, **_) -> Subject | None:
    """Facts for the policy about a merge: everybody who has a part in one of the two, or in what they speak through."""
    ids = session.execute(
        sa.select(Merge.source_id, Merge.target_id)
        .join(Question, Question.id == Merge.source_id)
        .where(Merge.id == merge_id, Question.call_id == call.id)
    ).one_or_none()
    if ids is None:
        return None
    involved = people_involved(session, question_ids=_with_all_above(session, ids))
    return Subject(call_id=call.id, conflicted_ids=involved)


def merge_list(
    session: Session, *, call: CallFacts, viewer_id: int, state: str | None, words: str, window: Window | None = None
) -> MergeList:
    """Merges, the latest first, and how many there are of each state; two statements.

    Left out: those in which this organizer has a part.
    """
    conditions = [*_visible(call, viewer_id), *_matching(words)]
    has_state = {None: sa.true(), STANDS: Merge.undone_at.is_(None), UNDONE: Merge.undone_at.is_not(None)}
    rows = session.execute(
        _joined(sa.select(Merge, Source, Target, Merger.full_name, Undoer.full_name))
        .where(*conditions, has_state[state])
        .order_by(Merge.merged_at.desc(), Merge.id.desc())
        .offset(window.offset if window else None)
        .limit(window.size if window else None)
    )
    views = tuple(_merge_view(*row) for row in rows)
    is_undone = Merge.undone_at.is_not(None)
    counts = session.execute(_joined(sa.select(is_undone, sa.func.count())).where(*conditions).group_by(is_undone))
    return MergeList(views, {UNDONE if undone else STANDS: n for undone, n in counts})


def merge_trees(
    session: Session, *, call: CallFacts, viewer_id: int, window: Window
) -> tuple[tuple[MergeTree, ...], int]:
    """One page of the questions that others are merged into, the largest first, and their number; two statements.

    A tree in whose root this organizer has a part is left out whole: each voice of a tree is one of its root.
    """
    parts = sa.select(Question.merged_into_id).where(Question.merged_into_id.is_not(None))
    roots = session.execute(
        sa.select(Question, sa.func.count().over().label("total"))
        .where(Question.call_id == call.id, Question.merged_into_id.is_(None))
        .where(Question.id.in_(parts), ~is_involved(viewer_id, Question.id))
        .order_by(Question.kind, Question.number.nulls_last(), Question.id)
        .offset(window.offset)
        .limit(window.size)
    ).all()
    below = _below(session, [root.Question.id for root in roots], viewer_id)
    return tuple(_tree(root.Question, None, below) for root in roots), roots[0].total if roots else 0


def merge_tree(session: Session, *, question: Question, viewer_id: int) -> MergeTree:
    """What is merged into one question; one statement."""
    return _tree(question, None, _below(session, [question.id], viewer_id))


def _with_all_above(session: Session, question_ids: Sequence[int]) -> list[int]:
    """These questions and those that they are merged into, by whatever detour."""
    above = sa.select(Question.id, Question.merged_into_id).where(Question.id.in_(question_ids))
    above = above.cte("above", recursive=True)
    above = above.union(
        sa.select(Question.id, Question.merged_into_id).join(above, Question.id == above.c.merged_into_id)
    )
    return list(session.scalars(sa.select(above.c.id)))


def _below(session: Session, root_ids: Sequence[int], viewer_id: int) -> Mapping[int, list[tuple[Question, int]]]:
    """What is merged into each question, with the merge; nothing below what this organizer must not see."""
    if not root_ids:
        return {}
    tree = sa.select(Question.id).where(Question.id.in_(root_ids)).cte("tree", recursive=True)
    tree = tree.union(
        sa.select(Question.id)
        .join(tree, Question.merged_into_id == tree.c.id)
        .where(~is_involved(viewer_id, Question.id))
    )
    rows = session.execute(
        sa.select(Question, Merge.id)
        .join(tree, tree.c.id == Question.id)
        .join(Merge, sa.and_(Merge.source_id == Question.id, Merge.undone_at.is_(None)))
        .where(Question.id.not_in(root_ids))
        .order_by(Question.kind, Question.number.nulls_last(), Question.id)
    )
    below = defaultdict(list)
    for question, merge_id in rows:
        below[question.merged_into_id].append((question, merge_id))
    return below


def _tree(question: Question, merge_id: int | None, below: Mapping) -> MergeTree:
    parts = tuple(_tree(part, part_merge_id, below) for part, part_merge_id in below.get(question.id, ()))
    return MergeTree(named(question), merge_id, parts)


def _joined(select: sa.Select) -> sa.Select:
    return (
        select.select_from(Merge)
        .join(Source, Source.id == Merge.source_id)
        .join(Target, Target.id == Merge.target_id)
        .outerjoin(Merger, Merger.id == Merge.merged_by_id)
        .outerjoin(Undoer, Undoer.id == Merge.undone_by_id)
    )


def _visible(call: CallFacts, viewer_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return Source.call_id == call.id, ~is_involved(viewer_id, Source.id), ~is_involved(viewer_id, Target.id)


def _matching(words: str) -> tuple[sa.ColumnElement[bool], ...]:
    numbered = parse_label(words)
    if numbered:
        sides = (sa.and_(side.kind == numbered[0], side.number == numbered[1]) for side in (Source, Target))
        return (sa.or_(*sides),)
    asked = search_query(words)
    query = sa.func.to_tsquery("simple", asked)
    return (sa.or_(*(side.search_vector.op("@@")(query) for side in (Source, Target))),) if asked else ()


def _merge_view(merge: Merge, source: Question, target: Question, merger: str | None, undoer: str | None) -> MergeView:
    return MergeView(
        id=merge.id,
        source=named(source),
        target=named(target),
        n_submissions=len(merge.submission_ids),
        merged_at=merge.merged_at,
        merged_by=merger,
        undone_at=merge.undone_at,
        undone_by=undoer,
    )
