"""Merging a question into another, and undoing it.

Where a submission speaks follows from the standing merges alone: from the question it came with, along
``merged_into_id``. So merges may be undone in any order, and everything is as if they had never been.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.models import Call
from solicit.calls.queries import call_facts
from solicit.calls.service import check_desk_is_open
from solicit.errors import Conflict, NotFound, Refused, check_move
from solicit.questions.models import DuplicatePair, Merge, Question, QuestionSource
from solicit.questions.queries.supporters import group_of
from solicit.questions.service.duplicates import defer_learning, refresh_groups
from solicit.questions.service.letters import write_to_submitters
from solicit.questions.states import MOVES, STANDING, QuestionState, Verdict
from solicit.submissions.models import Submission
from solicit.submissions.states import LIVE
from solicit.words import N_

GROUPED = "questions_grouped"


def merge_questions(
    session: Session,
    *,
    source_id: int,
    target_id: int,
    actor_id: int | None,
    now: datetime,
    locked_ids: frozenset[int] = frozenset(),
) -> int:
    """Let the submissions of one question speak through another, and return the merge.

    Both must stand by themselves: a merged question takes no further ones. ``locked_ids`` are questions
    of open rounds, which need their chair. The submitters of both questions are told.
    """
    source, target = _lock_questions(session, source_id, target_id)
    check_desk_is_open(session.get_one(Call, source.call_id), now=now)
    _check_fit(source, target, locked_ids)
    _say_same(session, source.id, target.id, actor_id=actor_id, now=now)
    _write(session, source, target, GROUPED, now=now)
    merge = Merge(
        source_id=source.id,
        target_id=target.id,
        state_before=source.state,
        submission_ids=_move_submissions(session, QuestionSource.question_id == source.id, target.id),
        merged_at=now,
        merged_by_id=actor_id,
    )
    session.add(merge)
    source.state, source.merged_into_id = QuestionState.MERGED, target.id
    refresh_groups(session, call_id=source.call_id, question_ids=(source.id, target.id))
    _record(session, "merge", source, target_id, actor_id=actor_id, now=now)
    return merge.id


def undo_merge(session: Session, *, merge_id: int, actor_id: int | None, now: datetime) -> None:
    """Give a merged question its submissions, its state and its own merged questions back."""
    merge = session.scalar(sa.select(Merge).where(Merge.id == merge_id).with_for_update())
    if merge is None:
        raise NotFound
    if merge.undone_at is not None:
        raise Conflict(N_("This merge was undone already."))
    source, target = _lock_questions(session, merge.source_id, merge.target_id)
    check_desk_is_open(session.get_one(Call, source.call_id), now=now)
    check_move(MOVES, source.state, merge.state_before)
    source.state, source.merged_into_id = merge.state_before, None
    merge.undone_at, merge.undone_by_id = now, actor_id
    session.flush()
    came_through = QuestionSource.first_question_id.in_(sa.select(group_of(source.id).c.id))
    _move_submissions(session, came_through, source.id)
    _withdraw_if_silent(session, source)
    _withdraw_if_silent(session, _stands_for(session, target))
    _clear_verdict(session, source.id, target.id)
    refresh_groups(session, call_id=source.call_id, question_ids=(source.id, target.id))
    _record(session, "undo merge", source, target.id, actor_id=actor_id, now=now)
    _write(session, source, target, "grouping_undone", now=now)


def _check_fit(source: Question, target: Question, locked_ids: frozenset[int]) -> None:
    if source.call_id != target.call_id or source.kind is not target.kind:
        raise Refused(N_("Only two questions, or two plans, of the same call can be merged."))
    if source.state not in STANDING or target.state not in STANDING:
        raise Conflict(N_("One of the two was merged, withdrawn or set out of scope in the meantime."))
    if source.state is QuestionState.IN_SCOPE and target.state is QuestionState.NEW:
        raise Refused(N_("A question in scope cannot go into one that nobody has screened. Keep the other one."))
    if {source.id, target.id} & locked_ids:
        raise Refused(N_("One of the two is being reviewed in an open round. Its chair has to agree first."))


def _lock_questions(session: Session, source_id: int, target_id: int) -> tuple[Question, Question]:
    """Both questions, locked in one order for everybody."""
    if source_id == target_id:
        raise Refused(N_("A question cannot be merged into itself."))
    both = sa.select(Question).where(Question.id.in_((source_id, target_id))).order_by(Question.id)
    rows = session.scalars(both.with_for_update().execution_options(populate_existing=True))
    found = {question.id: question for question in rows}
    if len(found) < 2:
        raise NotFound
    return found[source_id], found[target_id]


def _move_submissions(session: Session, which: sa.ColumnElement[bool], question_id: int) -> list[int]:
    moved = sa.update(QuestionSource).where(which).values(question_id=question_id)
    ids = session.scalars(
        moved.returning(QuestionSource.submission_id), execution_options={"synchronize_session": False}
    )
    return sorted(ids)


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


def _pair_of(session: Session, one_id: int, other_id: int) -> DuplicatePair | None:
    left_id, right_id = sorted((one_id, other_id))
    pair = sa.select(DuplicatePair).where(DuplicatePair.left_id == left_id, DuplicatePair.right_id == right_id)
    return session.scalar(pair.with_for_update())


def _say_same(session: Session, one_id: int, other_id: int, *, actor_id: int | None, now: datetime) -> None:
    pair = _pair_of(session, one_id, other_id)
    if pair is None:
        return
    if pair.verdict is not None:
        raise Conflict(N_("Somebody already gave a verdict on these two. Undo it first."))
    pair.verdict, pair.decided_at, pair.decided_by_id = Verdict.SAME, now, actor_id
    defer_learning(session, call_id=pair.call_id, model_id=pair.model_id)


def _clear_verdict(session: Session, one_id: int, other_id: int) -> None:
    pair = _pair_of(session, one_id, other_id)
    if pair is not None:
        pair.verdict = pair.decided_at = pair.decided_by_id = None
        defer_learning(session, call_id=pair.call_id, model_id=pair.model_id)


def _write(session: Session, source: Question, target: Question, kind: str, *, now: datetime) -> None:
    """Tell the submitters of both; of the other's question only where everybody may read it, now or by the merge."""
    call = call_facts(session, slug=session.get_one(Call, source.call_id).slug)
    is_joined = kind == GROUPED or source.state is QuestionState.IN_SCOPE
    is_public = call.shows_questions and target.state is QuestionState.IN_SCOPE and is_joined
    write_to_submitters(
        session,
        call_id=source.call_id,
        question_ids=[source.id, target.id],
        kind=kind,
        params=dict(first=source.title, second=target.title) if is_public else {},
        now=now,
    )


def _record(
    session: Session, act: str, source: Question, target_id: int, *, actor_id: int | None, now: datetime
) -> None:
    record(
        session,
        act=act,
        subject="question",
        subject_id=source.id,
        call_id=source.call_id,
        actor_id=actor_id,
        now=now,
        other=target_id,
    )
