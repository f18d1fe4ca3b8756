"""Conflicts of interest: declared by a panelist, or known because they wrote the question."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.errors import Closed, NotFound, check_move
from solicit.panels.models import Assignment, ConflictOfInterest, Panel, Panelist, Round
from solicit.panels.queries.conflicts import own_pairs
from solicit.panels.service.chain import seal_void
from solicit.panels.states import (
    ASSIGNMENT_MOVES,
    DONE,
    AssignmentState,
    ConflictSource,
    ConflictState,
    RoundState,
    VoteKind,
)
from solicit.questions.models import Question
from solicit.words import N_


def declare_conflict(session: Session, *, assignment_id: int, person_id: int, reason: str, now: datetime) -> None:
    """Confirm a conflict that a panelist declares: the question leaves the queue, the counts and the results."""
    assignment = session.scalar(
        sa.select(Assignment).where(Assignment.id == assignment_id, Assignment.person_id == person_id)
    )
    if assignment is None:
        raise NotFound
    state, call_id = session.execute(
        sa.select(Round.state, Round.call_id)
        .where(Round.id == assignment.round_id)
        .with_for_update(read=True, key_share=True)
    ).one()
    if state is RoundState.FROZEN:
        raise Closed(N_("The ranking of this round is frozen. Write to the organizers about the conflict."))
    _confirm(session, assignment.question_id, person_id, ConflictSource.DECLARED, reason, now)
    void_assignments(session, question_id=assignment.question_id, person_id=person_id, now=now)
    record(
        session,
        act="declare_conflict",
        subject="question",
        subject_id=assignment.question_id,
        call_id=call_id,
        actor_id=person_id,
        now=now,
    )


def confirm_own_conflicts(session: Session, *, call_id: int, now: datetime) -> int:
    """Write down that panelists wrote questions of this call, and void what they were asked; return how many."""
    own = own_pairs().subquery("own")
    seated = sa.select(Panelist.person_id).join(Panel, Panel.id == Panelist.panel_id).where(Panel.call_id == call_id)
    found = session.execute(
        sa.select(own.c.question_id, own.c.person_id)
        .join(Question, Question.id == own.c.question_id)
        .where(Question.call_id == call_id, own.c.person_id.in_(seated))
        .order_by(own.c.question_id, own.c.person_id)
    ).all()
    for question_id, person_id in found:
        _confirm(session, question_id, person_id, ConflictSource.OWN, "", now)
        void_assignments(session, question_id=question_id, person_id=person_id, now=now)
    return len(found)


def void_assignments(session: Session, *, question_id: int, person_id: int, now: datetime) -> None:
    """Take a question away from one panelist, in every round that is not frozen."""
    unfrozen = sa.select(Round.id).where(Round.state != RoundState.FROZEN)
    standing = session.scalars(
        sa.select(Assignment)
        .where(Assignment.question_id == question_id, Assignment.person_id == person_id)
        .where(Assignment.round_id.in_(unfrozen), Assignment.state != AssignmentState.VOIDED)
        .order_by(Assignment.round_id)
        .with_for_update()
    )
    for assignment in standing:
        check_move(ASSIGNMENT_MOVES, assignment.state, AssignmentState.VOIDED)
        if assignment.state in DONE:
            seal_void(session, round_id=assignment.round_id, kind=VoteKind.REVIEW, vote_id=assignment.id, now=now)
        assignment.state, assignment.abstain_reason = AssignmentState.VOIDED, ""
        assignment.changed_at = now
    session.flush()


def _confirm(
    session: Session, question_id: int, person_id: int, source: ConflictSource, reason: str, now: datetime
) -> None:
    values = dict(
        question_id=question_id,
        person_id=person_id,
        state=ConflictState.CONFIRMED,
        source=source,
        reason=reason,
        created_at=now,
    )
    statement = insert(ConflictOfInterest).values(**values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["question_id", "person_id"],
            set_={"state": ConflictState.CONFIRMED, "source": source, "reason": reason},
            where=ConflictOfInterest.state != ConflictState.CONFIRMED,
        )
    )
