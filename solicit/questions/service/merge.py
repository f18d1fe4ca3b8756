"""Merging questions into one of them, or into a wording of the organizers.

Where a submission speaks follows from the standing merges alone: from the question it came with, along
``merged_into_id``. So merges may be undone in any order (``service/unmerge.py``), and everything is as if they had
never been.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record_all
from solicit.calls.models import Call
from solicit.calls.service import check_desk_is_open
from solicit.errors import Conflict, NotFound, Refused
from solicit.questions.models import Merge, Question, QuestionSource
from solicit.questions.service.duplicates import refresh_groups
from solicit.questions.service.grouping_letters import write_grouped
from solicit.questions.service.verdicts import refuse_contradiction, say_same
from solicit.questions.states import STANDING, QuestionState
from solicit.words import N_


def merge_questions(
    session: Session,
    *,
    source_id: int,
    target_id: int,
    actor_id: int | None,
    now: datetime,
    locked_ids: frozenset[int] = frozenset(),
) -> int:
    """Let the submissions of one question speak through another, and return the merge: ``merge_all`` of one."""
    (merge_id,) = merge_all(
        session, source_ids=[source_id], target_id=target_id, actor_id=actor_id, now=now, locked_ids=locked_ids
    )
    return merge_id


def merge_all(
    session: Session,
    *,
    source_ids: Collection[int],
    target_id: int,
    actor_id: int | None,
    now: datetime,
    locked_ids: frozenset[int] = frozenset(),
) -> tuple[int, ...]:
    """Let the submissions of all sources speak through the target, and return the merges: all of them, or none.

    Every question must stand by itself: a merged one takes no further ones. ``locked_ids`` are questions of open
    rounds, which whoever runs them has not agreed to merge. The submitters of all are told, each once.
    """
    merges = merge_without_regrouping(
        session, source_ids=source_ids, target_id=target_id, actor_id=actor_id, now=now, locked_ids=locked_ids
    )
    call_id = session.get_one(Question, target_id).call_id
    refresh_groups(session, call_id=call_id, question_ids=[target_id, *source_ids])
    return merges


def merge_without_regrouping(
    session: Session,
    *,
    source_ids: Collection[int],
    target_id: int,
    actor_id: int | None,
    now: datetime,
    locked_ids: frozenset[int] = frozenset(),
) -> tuple[int, ...]:
    """``merge_all`` for who merges more in the same transaction, and draws the groups anew afterwards."""
    ids = sorted(set(source_ids))
    target, sources = _locked(session, ids, target_id)
    check_desk_is_open(session.get_one(Call, target.call_id), now=now)
    for source in sources:
        _check_fit(source, target, locked_ids)
    refuse_contradiction(session, [*ids, target.id])
    say_same(session, source_ids=ids, target_id=target.id, actor_id=actor_id, now=now)
    write_grouped(session, sources, target, now=now)
    merges = _merges(session, sources, target, actor_id=actor_id, now=now)
    session.add_all(merges)
    for source in sources:
        source.state, source.merged_into_id = QuestionState.MERGED, target.id
    record_all(
        session,
        act="merge",
        subject="question",
        subject_ids=ids,
        call_id=target.call_id,
        actor_id=actor_id,
        now=now,
        other=target.id,
    )
    return tuple(merge.id for merge in merges)


def lock_merging(session: Session, *, call_id: int) -> None:
    """One merge or undoing at a time in a call: each may touch any number of its questions, in any order."""
    session.execute(sa.select(Call.id).where(Call.id == call_id).with_for_update(key_share=True))


def lock_questions(session: Session, question_ids: Collection[int]) -> dict[int, Question]:
    """The questions by their ids, locked in one order for everybody; raises NotFound if one is missing."""
    wanted = sa.select(Question).where(Question.id.in_(question_ids)).order_by(Question.id)
    rows = session.scalars(wanted.with_for_update().execution_options(populate_existing=True))
    found = {question.id: question for question in rows}
    if len(found) < len(set(question_ids)):
        raise NotFound
    return found


def _locked(session: Session, source_ids: list[int], target_id: int) -> tuple[Question, list[Question]]:
    if target_id in source_ids:
        raise Refused(N_("A question cannot be merged into itself."))
    call_id = session.scalar(sa.select(Question.call_id).where(Question.id == target_id))
    if call_id is None:
        raise NotFound
    lock_merging(session, call_id=call_id)
    found = lock_questions(session, [*source_ids, target_id])
    return found[target_id], [found[id_] for id_ in source_ids]


def _check_fit(source: Question, target: Question, locked_ids: frozenset[int]) -> None:
    if source.call_id != target.call_id or source.kind is not target.kind:
        raise Refused(N_("Only two questions, or two plans, of the same call can be merged."))
    if source.state not in STANDING or target.state not in STANDING:
        raise Conflict(N_("One of these questions was merged, withdrawn or set out of scope in the meantime."))
    if source.state is QuestionState.IN_SCOPE and target.state is QuestionState.NEW:
        raise Refused(N_("A question in scope cannot go into one that nobody has screened. Keep the other one."))
    if {source.id, target.id} & locked_ids:
        raise Refused(
            N_("One of these questions is judged in an open round: whoever runs it must allow merging first.")
        )


def _merges(
    session: Session, sources: Sequence[Question], target: Question, *, actor_id: int | None, now: datetime
) -> list[Merge]:
    """Move what speaks through the sources to the target, and make the rows that remember it."""
    speaking = QuestionSource.question_id.in_([source.id for source in sources])
    moved = defaultdict(list)
    rows = sa.select(QuestionSource.question_id, QuestionSource.submission_id).where(speaking)
    for question_id, submission_id in session.execute(rows.order_by(QuestionSource.submission_id)):
        moved[question_id].append(submission_id)
    session.execute(
        sa.update(QuestionSource).where(speaking).values(question_id=target.id),
        execution_options={"synchronize_session": False},
    )
    return [
        Merge(
            source_id=source.id,
            target_id=target.id,
            state_before=source.state,
            submission_ids=moved[source.id],
            merged_at=now,
            merged_by_id=actor_id,
        )
        for source in sources
    ]
