"""What merging says of pairs: two questions are the same while one is merged into the other, or both into a third."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.errors import Conflict
from solicit.questions.models import DuplicatePair, Question
from solicit.questions.queries.supporters import group_of
from solicit.questions.service.duplicates import defer_learning
from solicit.questions.states import Verdict
from solicit.words import N_


def refuse_contradiction(session: Session, question_ids: Collection[int]) -> None:
    """Raise Conflict if a person told apart any two of these questions, or of what is merged into them."""
    group = group_of(sa.select(Question.id).where(Question.id.in_(question_ids)))
    members = sa.select(group.c.id)
    told_apart = sa.select(DuplicatePair.id).where(
        DuplicatePair.left_id.in_(members),
        DuplicatePair.right_id.in_(members),
        DuplicatePair.verdict.in_((Verdict.RELATED, Verdict.DIFFERENT)),
    )
    if session.scalar(sa.select(told_apart.exists())):
        raise Conflict(N_("Somebody said that two of these are not the same. Undo that verdict first."))


def say_same(
    session: Session, *, source_ids: Collection[int], target_id: int, actor_id: int | None, now: datetime
) -> None:
    """Record that the sources ask the same as their target and as each other; call it when they are merged."""
    undecided = [pair for pair in _pairs_among(session, source_ids, target_id) if pair.verdict is None]
    for pair in undecided:
        pair.verdict, pair.decided_at, pair.decided_by_id = Verdict.SAME, now, actor_id
    _learn_from(session, undecided)


def take_back_same(session: Session, *, source_id: int, target_id: int) -> None:
    """Put back into the queue what the merge of the source into the target had said; call it when it is undone."""
    same = [pair for pair in _pairs_among(session, [source_id], target_id) if pair.verdict is Verdict.SAME]
    for pair in same:
        pair.verdict = pair.decided_at = pair.decided_by_id = None
    _learn_from(session, same)


def lock_pairs(session: Session, question_ids: Collection[int]) -> None:
    """Lock the pairs of these questions in one order for everybody: for who decides on several of them in turn."""
    session.execute(
        sa.select(DuplicatePair.id)
        .where(sa.or_(DuplicatePair.left_id.in_(question_ids), DuplicatePair.right_id.in_(question_ids)))
        .order_by(DuplicatePair.left_id, DuplicatePair.right_id)
        .with_for_update()
    )


def _learn_from(session: Session, changed: Collection[DuplicatePair]) -> None:
    for call_id, model_id in sorted({(pair.call_id, pair.model_id) for pair in changed}):
        defer_learning(session, call_id=call_id, model_id=model_id)


def _pairs_among(session: Session, source_ids: Collection[int], target_id: int) -> list[DuplicatePair]:
    """Locked: the pairs of a source with the target, or with anything else that is merged into the target."""
    family = sa.select(Question.id).where(
        sa.or_(Question.id == target_id, Question.id.in_(source_ids), Question.merged_into_id == target_id)
    )
    found = (
        sa.select(DuplicatePair)
        .where(sa.or_(DuplicatePair.left_id.in_(source_ids), DuplicatePair.right_id.in_(source_ids)))
        .where(DuplicatePair.left_id.in_(family), DuplicatePair.right_id.in_(family))
        .order_by(DuplicatePair.left_id, DuplicatePair.right_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(found))
