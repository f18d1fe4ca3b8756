"""Deciding on many questions at once: a whole group, or all texts that are identical."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.errors import DomainError, NotFound
from solicit.questions.models import DuplicatePair, Question
from solicit.questions.service.duplicates import give_verdict, refresh_groups
from solicit.questions.service.merge import lock_merging, lock_questions, merge_all, merge_without_regrouping
from solicit.questions.service.verdicts import lock_pairs
from solicit.questions.states import Verdict


@dataclass(frozen=True)
class Decided:
    n_merged: int
    n_told_apart: int


def decide_group(
    session: Session,
    *,
    keep_id: int,
    verdicts: Mapping[int, Verdict],
    actor_id: int,
    now: datetime,
    locked_ids: frozenset[int] = frozenset(),
) -> Decided:
    """Merge what is the same into the question that stays, and record what is not; all of it, or nothing.

    A verdict short of "same" is kept where the two are a pair: without one nothing was suggested that it could answer.
    """
    _lock_for_many(session, [keep_id, *verdicts])
    same = [id_ for id_, verdict in verdicts.items() if verdict is Verdict.SAME]
    apart = {id_: verdict for id_, verdict in verdicts.items() if verdict is not Verdict.SAME}
    pairs = _pairs_of(session, keep_id, apart)
    for question_id, pair_id in pairs.items():
        give_verdict(session, pair_id=pair_id, verdict=apart[question_id], actor_id=actor_id, now=now)
    if same:
        merge_all(session, source_ids=same, target_id=keep_id, actor_id=actor_id, now=now, locked_ids=locked_ids)
    return Decided(len(same), len(pairs))


def merge_identical(
    session: Session,
    *,
    sets: Sequence[tuple[int, Sequence[int]]],
    actor_id: int,
    now: datetime,
    locked_ids: frozenset[int] = frozenset(),
) -> int:
    """Merge each set of questions into its first and return how many went; a set that may not be is left as it is."""
    ids = [id_ for keep_id, source_ids in sets for id_ in (keep_id, *source_ids)]
    if not ids:
        return 0
    call_id = _lock_for_many(session, ids)
    n_merged = 0
    for keep_id, source_ids in sets:
        try:
            with session.begin_nested():
                merge_without_regrouping(
                    session,
                    source_ids=source_ids,
                    target_id=keep_id,
                    actor_id=actor_id,
                    now=now,
                    locked_ids=locked_ids,
                )
        except DomainError:
            continue
        n_merged += len(source_ids)
    refresh_groups(session, call_id=call_id, question_ids=ids)
    return n_merged


def _lock_for_many(session: Session, question_ids: Sequence[int]) -> int:
    """Take every lock that deciding on these takes, in the order of a single decision, and return their call."""
    call_id = session.scalar(sa.select(Question.call_id).where(Question.id == question_ids[0]))
    if call_id is None:
        raise NotFound
    lock_merging(session, call_id=call_id)
    lock_questions(session, question_ids)
    lock_pairs(session, question_ids)
    return call_id


def _pairs_of(session: Session, keep_id: int, other_ids: Collection[int]) -> dict[int, int]:
    """The undecided pairs of one question with these others, by the other's id and in the order of the pairs'."""
    ends = (DuplicatePair.left_id, DuplicatePair.right_id), (DuplicatePair.right_id, DuplicatePair.left_id)
    is_between = sa.or_(*(sa.and_(one == keep_id, other.in_(other_ids)) for one, other in ends))
    pairs = session.scalars(
        sa.select(DuplicatePair).where(is_between, DuplicatePair.verdict.is_(None)).order_by(DuplicatePair.id)
    )
    return {pair.right_id if pair.left_id == keep_id else pair.left_id: pair.id for pair in pairs}
