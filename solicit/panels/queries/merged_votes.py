"""How many sent votes of a round name a question."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.panels.models import Assignment, Ballot, BallotPlace, Comparison
from solicit.panels.states import DONE, BallotState, ComparisonState


@dataclass(frozen=True)
class Votes:
    n_reviews: int
    n_comparisons: int
    n_ballots: int

    @property
    def n_all(self) -> int:
        return self.n_reviews + self.n_comparisons + self.n_ballots


def votes_about(session: Session, *, round_id: int, question_id: int) -> Votes:
    """One statement."""
    count = sa.select(sa.func.count())
    reviews = count.where(
        Assignment.round_id == round_id, Assignment.question_id == question_id, Assignment.state.in_(DONE)
    )
    comparisons = count.where(
        Comparison.round_id == round_id,
        Comparison.state == ComparisonState.JUDGED,
        sa.or_(Comparison.left_id == question_id, Comparison.right_id == question_id),
    )
    ballots = (
        count.select_from(Ballot)
        .join(BallotPlace, BallotPlace.ballot_id == Ballot.id)
        .where(Ballot.round_id == round_id, Ballot.state == BallotState.SUBMITTED)
        .where(BallotPlace.question_id == question_id)
    )
    counted = (each.scalar_subquery() for each in (reviews, comparisons, ballots))
    return Votes(*session.execute(sa.select(*counted)).one())
