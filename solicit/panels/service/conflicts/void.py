"""What a conflict makes void: a panelist's votes on a question, in every round that is not frozen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record_all
from solicit.errors import check_move
from solicit.panels.models import Assignment, Comparison, Round
from solicit.panels.service.chain import seal_void
from solicit.panels.states import (
    ASSIGNMENT_MOVES,
    DONE,
    AssignmentState,
    ComparisonState,
    RoundState,
    VoteKind,
)


@dataclass(frozen=True)
class Voided:
    """How many votes no longer count."""

    n_reviews: int = 0
    n_comparisons: int = 0

    @property
    def n_votes(self) -> int:
        return self.n_reviews + self.n_comparisons

    def __add__(self, other: "Voided") -> "Voided":
        return Voided(self.n_reviews + other.n_reviews, self.n_comparisons + other.n_comparisons)


def void_votes(session: Session, *, question_id: int, person_id: int, now: datetime) -> Voided:
    """Take a question away from one panelist: what they were asked, said and compared is void, and sealed as such.

    A ballot stays as it was sealed; whoever counts or shows it leaves out the places of questions in conflict.
    """
    reviews = _void_assignments(session, question_id, person_id, now)
    comparisons = _void_comparisons(session, question_id, person_id)
    session.flush()
    for kind, votes in ((VoteKind.REVIEW, reviews), (VoteKind.COMPARISON, comparisons)):
        for round_id, vote_id in sorted(votes):
            seal_void(session, round_id=round_id, kind=kind, vote_id=vote_id, now=now)
    return Voided(len(reviews), len(comparisons))


def _void_assignments(session: Session, question_id: int, person_id: int, now: datetime) -> Sequence[tuple[int, int]]:
    """(round_id, id) of the reviews that had been sent."""
    mine = (Assignment.question_id == question_id, Assignment.person_id == person_id)
    _hold_rounds(session, sa.select(Assignment.round_id).where(*mine))
    standing = session.scalars(
        sa.select(Assignment)
        .where(*mine, Assignment.round_id.in_(_unfrozen()), Assignment.state != AssignmentState.VOIDED)
        .order_by(Assignment.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    sent = [(assignment.round_id, assignment.id) for assignment in standing if assignment.state in DONE]
    for assignment in standing:
        check_move(ASSIGNMENT_MOVES, assignment.state, AssignmentState.VOIDED)
        assignment.state, assignment.abstain_reason = AssignmentState.VOIDED, ""
        assignment.changed_at = now
    session.flush()
    voided = dict(subject="assignment", subject_ids=[assignment.id for assignment in standing])
    record_all(session, act="void", actor_id=None, now=now, **voided)
    return sent


def _void_comparisons(session: Session, question_id: int, person_id: int) -> Sequence[tuple[int, int]]:
    """(round_id, id) of the comparisons that had been judged."""
    has_it = sa.or_(Comparison.left_id == question_id, Comparison.right_id == question_id)
    mine = (has_it, Comparison.person_id == person_id)
    _hold_rounds(session, sa.select(Comparison.round_id).where(*mine))
    standing = session.scalars(
        sa.select(Comparison)
        .where(*mine, Comparison.round_id.in_(_unfrozen()), Comparison.state != ComparisonState.VOIDED)
        .order_by(Comparison.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    judged = [(row.round_id, row.id) for row in standing if row.state is ComparisonState.JUDGED]
    for row in standing:
        row.state, row.preference, row.reason = ComparisonState.VOIDED, None, ""
    session.flush()
    return judged


def _hold_rounds(session: Session, ids: sa.Select) -> None:
    """Keep rounds from being frozen meanwhile; rounds before votes, as everywhere."""
    session.execute(sa.select(Round.id).where(Round.id.in_(ids)).order_by(Round.id).with_for_update(read=True))


def _unfrozen() -> sa.Select:
    return sa.select(Round.id).where(Round.state != RoundState.FROZEN)
