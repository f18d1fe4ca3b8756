"""Votes about a question that somebody may no longer judge: comparisons are void, places on ballots go."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.errors import check_move
from solicit.panels.models import Ballot, BallotPlace, Comparison, Round
from solicit.panels.service.chain import seal_void
from solicit.panels.service.voting.ballot import seal_ballot
from solicit.panels.states import COMPARISON_MOVES, BallotState, ComparisonState, RoundState, VoteKind


def void_places(session: Session, *, question_id: int, person_id: int | None, now: datetime) -> None:
    """Take a question out of the comparisons and ballots of one panelist, or with None of everybody.

    Comparisons become void in every round that is not frozen. Places are removed in open rounds only: of a closed
    one the ballots stay as they were handed in, and whoever counts them leaves out what is in conflict or merged.
    """
    _void_comparisons(session, question_id, person_id, now)
    _remove_places(session, question_id, person_id, now)


def _void_comparisons(session: Session, question_id: int, person_id: int | None, now: datetime) -> None:
    unfrozen = sa.select(Round.id).where(Round.state != RoundState.FROZEN)
    standing = (
        sa.select(Comparison)
        .where(sa.or_(Comparison.left_id == question_id, Comparison.right_id == question_id))
        .where(Comparison.round_id.in_(unfrozen), Comparison.state != ComparisonState.VOIDED)
        .order_by(Comparison.round_id, Comparison.id)
        .with_for_update()
    )
    if person_id is not None:
        standing = standing.where(Comparison.person_id == person_id)
    for row in session.scalars(standing.execution_options(populate_existing=True)).all():
        was_judged = row.state is ComparisonState.JUDGED
        check_move(COMPARISON_MOVES, row.state, ComparisonState.VOIDED)
        row.state, row.preference, row.reason = ComparisonState.VOIDED, None, ""
        session.flush()
        if was_judged:
            seal_void(session, round_id=row.round_id, kind=VoteKind.COMPARISON, vote_id=row.id, now=now)


def _remove_places(session: Session, question_id: int, person_id: int | None, now: datetime) -> None:
    standing = (
        sa.select(Ballot)
        .join(BallotPlace, BallotPlace.ballot_id == Ballot.id)
        .join(Round, Round.id == Ballot.round_id)
        .where(BallotPlace.question_id == question_id, Round.state == RoundState.OPEN)
        .order_by(Ballot.round_id, Ballot.id)
        .with_for_update(of=Ballot)
    )
    if person_id is not None:
        standing = standing.where(Ballot.person_id == person_id)
    for ballot in session.scalars(standing.execution_options(populate_existing=True)).all():
        place = dict(ballot_id=ballot.id, question_id=question_id)
        session.execute(sa.delete(BallotPlace).filter_by(**place))
        ballot.version += 1
        session.flush()
        if ballot.state is BallotState.SUBMITTED:
            seal_ballot(session, ballot, now=now)
