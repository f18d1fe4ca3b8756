"""What a conflict makes void: a panelist's votes on a question, in every round that is not frozen."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

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

Condition = sa.ColumnElement[bool]
# (question_id, person_id)
Pair = tuple[int, int]
# The round of a vote, its kind and its id.
Vote = tuple[int, VoteKind, int]


@dataclass(frozen=True)
class Voided:
    """How many votes no longer count."""

    n_reviews: int = 0
    n_comparisons: int = 0

    @property
    def n_votes(self) -> int:
        return self.n_reviews + self.n_comparisons


def void_votes(session: Session, *, pairs: Collection[Pair], now: datetime) -> Voided:
    """Take questions away from panelists: what they were asked, said and compared is void, and sealed as such.

    A ballot stays as it was sealed; whoever counts or shows it leaves out the places of questions in conflict.
    Sealing comes after the last vote is locked, as everywhere.
    """
    if not pairs:
        return Voided()
    reviews = _void_assignments(session, pairs, now)
    comparisons = _void_comparisons(session, pairs)
    for round_id, kind, vote_id in sorted(reviews + comparisons, key=lambda vote: (vote[0], vote[1].value, vote[2])):
        seal_void(session, round_id=round_id, kind=kind, vote_id=vote_id, now=now)
    return Voided(len(reviews), len(comparisons))


def _void_assignments(session: Session, pairs: Collection[Pair], now: datetime) -> list[Vote]:
    """Void them, and return those that had been sent."""
    theirs = sa.tuple_(Assignment.question_id, Assignment.person_id).in_(pairs)
    standing = _held(session, Assignment, theirs, Assignment.state != AssignmentState.VOIDED)
    sent = [(row.round_id, VoteKind.REVIEW, row.id) for row in standing if row.state in DONE]
    for row in standing:
        check_move(ASSIGNMENT_MOVES, row.state, AssignmentState.VOIDED)
        row.state, row.abstain_reason, row.changed_at = AssignmentState.VOIDED, "", now
    session.flush()
    record_all(
        session, act="void", subject="assignment", subject_ids=[row.id for row in standing], actor_id=None, now=now
    )
    return sent


def _void_comparisons(session: Session, pairs: Collection[Pair]) -> list[Vote]:
    """Void them, and return those that had been judged."""
    theirs = sa.or_(_has(Comparison.left_id, pairs), _has(Comparison.right_id, pairs))
    standing = _held(session, Comparison, theirs, Comparison.state != ComparisonState.VOIDED)
    judged = [(row.round_id, VoteKind.COMPARISON, row.id) for row in standing if row.state is ComparisonState.JUDGED]
    for row in standing:
        row.state, row.preference, row.reason = ComparisonState.VOIDED, None, ""
    session.flush()
    return judged


def _has(side: InstrumentedAttribute, pairs: Collection[Pair]) -> sa.ColumnElement[bool]:
    return sa.tuple_(side, Comparison.person_id).in_(pairs)


def _held(session: Session, table: type[Assignment | Comparison], theirs: Condition, standing: Condition) -> list:
    """The rows that stand in rounds that are not frozen, locked after their rounds."""
    rounds = sa.select(table.round_id).where(theirs, standing)
    session.execute(sa.select(Round.id).where(Round.id.in_(rounds)).order_by(Round.id).with_for_update(read=True))
    unfrozen = sa.select(Round.id).where(Round.state != RoundState.FROZEN)
    wanted = sa.select(table).where(theirs, standing, table.round_id.in_(unfrozen)).order_by(table.id)
    return list(session.scalars(wanted.with_for_update().execution_options(populate_existing=True)))
