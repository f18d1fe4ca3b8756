"""Undoing merges, in any order."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.models import Call
from solicit.calls.service import check_desk_is_open
from solicit.errors import Conflict, NotFound, check_move
from solicit.questions.models import Merge, Question, QuestionSource
from solicit.questions.queries.supporters import group_of
from solicit.questions.service.duplicates import refresh_groups
from solicit.questions.service.grouping_letters import write_undone
from solicit.questions.service.merge import lock_merging, lock_questions
from solicit.questions.service.verdicts import take_back_same
from solicit.questions.states import MOVES, STANDING, QuestionState
from solicit.submissions.models import Submission
from solicit.submissions.states import LIVE
from solicit.words import N_


def undo_merge(session: Session, *, merge_id: int, actor_id: int | None, now: datetime) -> None:
    """Give a merged question its submissions, its state and its own merged questions back.

    A summary into which nothing is merged any more says nothing: it leaves what it was merged into, and is withdrawn.
    """
    merge = _locked_merge(session, merge_id, now)
    source, target = _part(session, merge, actor_id=actor_id, now=now)
    write_undone(session, source, target, now=now)
    touched = [source.id, target.id]
    while (outer := _merge_of_empty_summary(session, target)) is not None:
        _, target = _part(session, outer, actor_id=actor_id, now=now)
        touched.append(target.id)
    refresh_groups(session, call_id=source.call_id, question_ids=touched)


def _locked_merge(session: Session, merge_id: int, now: datetime) -> Merge:
    call_id = session.scalar(
        sa.select(Question.call_id).join(Merge, Merge.source_id == Question.id).where(Merge.id == merge_id)
    )
    if call_id is None:
        raise NotFound
    lock_merging(session, call_id=call_id)
    check_desk_is_open(session.get_one(Call, call_id), now=now)
    merge = session.get_one(Merge, merge_id, populate_existing=True)
    if merge.undone_at is not None:
        raise Conflict(N_("This merge was undone already."))
    return merge


def _part(session: Session, merge: Merge, *, actor_id: int | None, now: datetime) -> tuple[Question, Question]:
    """Take the source of a merge out of its target, and return both."""
    found = lock_questions(session, (merge.source_id, merge.target_id))
    source, target = found[merge.source_id], found[merge.target_id]
    check_move(MOVES, source.state, merge.state_before)
    source.state, source.merged_into_id = merge.state_before, None
    merge.undone_at, merge.undone_by_id = now, actor_id
    session.flush()
    came_through = QuestionSource.first_question_id.in_(sa.select(group_of(source.id).c.id))
    session.execute(
        sa.update(QuestionSource).where(came_through).values(question_id=source.id),
        execution_options={"synchronize_session": False},
    )
    _withdraw_if_silent(session, source)
    _withdraw_if_silent(session, _stands_for(session, target))
    take_back_same(session, source_id=source.id, target_id=target.id)
    record(
        session,
        act="undo merge",
        subject="question",
        subject_id=source.id,
        call_id=source.call_id,
        actor_id=actor_id,
        now=now,
        other=target.id,
    )
    return source, target


def _merge_of_empty_summary(session: Session, question: Question) -> Merge | None:
    """The standing merge of a summary that lost the last of its parts."""
    if not (question.is_summary and question.state is QuestionState.MERGED):
        return None
    if session.scalar(sa.select(sa.exists().where(Question.merged_into_id == question.id))):
        return None
    standing = sa.select(Merge).where(Merge.source_id == question.id, Merge.undone_at.is_(None))
    return session.scalars(standing).one()


def _stands_for(session: Session, question: Question) -> Question:
    """The question through which the submissions of ``question`` speak now."""
    while question.merged_into_id is not None:
        question = session.get_one(Question, question.merged_into_id, with_for_update=True)
    return question


def _withdraw_if_silent(session: Session, question: Question) -> None:
    """Withdraw a question whose own submissions were withdrawn while others spoke through it."""
    live = (
        sa.select(Submission.id)
        .join(QuestionSource, QuestionSource.submission_id == Submission.id)
        .where(QuestionSource.question_id == question.id, Submission.state.in_(LIVE))
    )
    if question.state in STANDING and not session.scalar(sa.select(live.exists())):
        check_move(MOVES, question.state, QuestionState.WITHDRAWN)
        question.state = QuestionState.WITHDRAWN
