"""Deciding on many questions at once: a whole group, or all texts that are identical."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.errors import DomainError, NotFound
from solicit.questions.models import Question
from solicit.questions.queries.duplicates.pairs import pairs_with
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
    found = pairs_with(session, question_id=keep_id, other_ids=apart)
    pairs = {question_id: pair for question_id, pair in found.items() if pair.verdict is None}
    for question_id, pair in pairs.items():
        give_verdict(session, pair_id=pair.id, verdict=apart[question_id], actor_id=actor_id, now=now)
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
    """Merge each set of questions into its first and return how many went; a set that may not be is left as it is.

    So is one whose texts differ by now: an author may edit between the look and the click.
    """
    ids = [id_ for keep_id, source_ids in sets for id_ in (keep_id, *source_ids)]
    if not ids:
        return 0
    questions = _lock_for_many(session, ids)
    n_merged = 0
    for keep_id, source_ids in sets:
        if len({questions[id_].text_digest for id_ in (keep_id, *source_ids)}) > 1:
            continue
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
    refresh_groups(session, call_id=questions[ids[0]].call_id, question_ids=ids)
    return n_merged


def _lock_for_many(session: Session, question_ids: Sequence[int]) -> dict[int, Question]:
    """Take every lock that deciding on these takes, in the order of a single decision, and return them by id."""
    call_id = session.scalar(sa.select(Question.call_id).where(Question.id == question_ids[0]))
    if call_id is None:
        raise NotFound
    lock_merging(session, call_id=call_id)
    questions = lock_questions(session, question_ids)
    lock_pairs(session, question_ids)
    return questions
