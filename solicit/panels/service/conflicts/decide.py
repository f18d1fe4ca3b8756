"""Deciding on suspected conflicts, and taking a decision back."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record_all
from solicit.errors import Conflict, NotFound, Refused, check_move
from solicit.panels.models import Assignment, Comparison, ConflictOfInterest
from solicit.panels.queries.conflict_desk import may_decide
from solicit.panels.service.conflicts.void import Voided, void_votes
from solicit.panels.states import CONFLICT_MOVES, AssignmentState, ComparisonState, ConflictState
from solicit.questions.models import Question
from solicit.words import N_


def decide_conflicts(
    session: Session,
    *,
    call_id: int,
    conflict_ids: Sequence[int],
    to: ConflictState,
    note: str,
    actor_id: int,
    now: datetime,
) -> Voided:
    """Confirm or dismiss suspected conflicts, all or none; return what confirming made void."""
    if to is ConflictState.DISMISSED and not note:
        raise Refused(N_("Say why there is no conflict."))
    rows = _held(session, call_id, conflict_ids, actor_id)
    if any(row.state is not ConflictState.SUSPECTED for row in rows):
        raise Conflict(N_("Somebody else decided on one of these in the meantime. Look at the list again."))
    for row in rows:
        check_move(CONFLICT_MOVES, row.state, to)
        row.state, row.decided_by_id, row.decided_at, row.decision_note = to, actor_id, now, note
    session.flush()
    acts = dict(subject="conflict_of_interest", subject_ids=[row.id for row in rows], call_id=call_id)
    act = "confirm conflict" if to is ConflictState.CONFIRMED else "dismiss conflict"
    record_all(session, act=act, actor_id=actor_id, now=now, **acts)
    if to is not ConflictState.CONFIRMED:
        return Voided()
    return void_votes(session, pairs=[(row.question_id, row.person_id) for row in rows], now=now)


def reopen_conflict(session: Session, *, call_id: int, conflict_id: int, actor_id: int, now: datetime) -> None:
    """Take a decision back while nothing has followed from it; raises Refused afterwards."""
    (row,) = _held(session, call_id, [conflict_id], actor_id)
    check_move(CONFLICT_MOVES, row.state, ConflictState.SUSPECTED)
    if row.decided_by_id is None and row.decided_at is None:
        raise Refused(N_("This conflict was declared, or is known from the submission: there is no decision to undo."))
    if _is_used(session, row):
        raise Refused(N_("Votes were given or made void since this decision: it cannot be undone."))
    row.state, row.decided_by_id, row.decided_at, row.decision_note = ConflictState.SUSPECTED, None, None, ""
    session.flush()
    acts = dict(subject="conflict_of_interest", subject_ids=[row.id], call_id=call_id)
    record_all(session, act="reopen conflict", actor_id=actor_id, now=now, **acts)


def _held(session: Session, call_id: int, ids: Sequence[int], actor_id: int) -> Sequence[ConflictOfInterest]:
    """The conflicts, locked; raises NotFound if one is not of this call or not for this organizer to know."""
    wanted = (
        sa.select(ConflictOfInterest)
        .join(Question, Question.id == ConflictOfInterest.question_id)
        .where(ConflictOfInterest.id.in_(ids), Question.call_id == call_id, may_decide(actor_id))
        .order_by(ConflictOfInterest.id)
        .with_for_update(of=ConflictOfInterest)
    )
    rows = session.scalars(wanted.execution_options(populate_existing=True)).all()
    if not rows or len(rows) != len(set(ids)):
        raise NotFound
    return rows


def _is_used(session: Session, row: ConflictOfInterest) -> bool:
    """Whether the panelist was asked about the question since it was dismissed, or lost a vote by confirming it."""
    pair = (Assignment.question_id == row.question_id, Assignment.person_id == row.person_id)
    has_it = sa.or_(Comparison.left_id == row.question_id, Comparison.right_id == row.question_id)
    compared = (has_it, Comparison.person_id == row.person_id)
    if row.state is ConflictState.DISMISSED:
        asked = sa.exists().where(*pair, Assignment.assigned_at >= row.decided_at)
        shown = sa.exists().where(*compared, Comparison.offered_at >= row.decided_at)
    else:
        asked = sa.exists().where(*pair, Assignment.state == AssignmentState.VOIDED)
        shown = sa.exists().where(*compared, Comparison.state == ComparisonState.VOIDED)
    return session.scalar(sa.select(sa.or_(asked, shown)))
