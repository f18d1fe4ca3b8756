"""What becomes of an erased person's votes: those that count stay, what was only said or begun goes."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.panels.models import Assignment, Ballot, BallotPlace, Comparison, Review, VoteVersion
from solicit.panels.queries.conflicts import conflict_pairs
from solicit.panels.states import UNDONE, AssignmentState, BallotState, ComparisonState

NOTHING = "-"  # where a constraint wants a reason


def quieten_votes(session: Session, *, person_id: int, blanks_texts: bool, now: datetime) -> None:
    """Drop what they had not handed in, and what opens the seals of their votes.

    The comments of their reviews stay unless these are to go, too. After a close the database lets this happen only
    while it is told that somebody is being erased.
    """
    session.execute(sa.text("SET LOCAL solicit.erasing = 'yes'"))
    session.execute(sa.delete(VoteVersion).where(VoteVersion.person_id == person_id))
    offered = sa.delete(Comparison).where(Comparison.person_id == person_id)
    session.execute(offered.where(Comparison.state == ComparisonState.OFFERED))
    reasons = sa.update(Comparison).where(Comparison.person_id == person_id, Comparison.reason != "")
    session.execute(reasons.values(reason=NOTHING))
    session.execute(sa.delete(Ballot).where(Ballot.person_id == person_id, Ballot.state == BallotState.DRAFT))
    _drop_places_in_conflict(session, person_id)
    _quieten_reviews(session, person_id, blanks_texts=blanks_texts, now=now)
    session.execute(sa.text("SET LOCAL solicit.erasing = 'no'"))


def _drop_places_in_conflict(session: Session, person_id: int) -> None:
    """Places that do not count: once nothing says of the conflict any more, they would."""
    pairs = conflict_pairs()
    ballots = sa.select(Ballot.id).where(Ballot.person_id == person_id)
    conflicted = sa.select(pairs.c.question_id).where(pairs.c.person_id == person_id)
    theirs = BallotPlace.ballot_id.in_(ballots), BallotPlace.question_id.in_(conflicted)
    session.execute(sa.delete(BallotPlace).where(*theirs))


def _quieten_reviews(session: Session, person_id: int, *, blanks_texts: bool, now: datetime) -> None:
    theirs = sa.select(Assignment.id).where(Assignment.person_id == person_id)
    unsent = theirs.where(Assignment.state != AssignmentState.SUBMITTED)
    session.execute(sa.delete(Review).where(Review.assignment_id.in_(unsent)))
    waiting = sa.update(Assignment).where(Assignment.person_id == person_id, Assignment.state.in_(UNDONE))
    session.execute(waiting.values(state=AssignmentState.VOIDED, changed_at=now))
    if blanks_texts:
        said = sa.update(Review).where(Review.assignment_id.in_(theirs))
        session.execute(said.values(comment_to_panel="", comment_to_authors=""))
        abstained = sa.update(Assignment).where(Assignment.person_id == person_id, Assignment.abstain_reason != "")
        session.execute(abstained.values(abstain_reason=NOTHING))
