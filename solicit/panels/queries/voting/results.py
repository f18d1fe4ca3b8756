"""What comparing and ranked ballots yielded in a series of rounds: what a ranking adds to the ratings."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.panels.models import Ballot, BallotPlace, Comparison, Round
from solicit.panels.queries.conflicts import conflict_pairs
from solicit.panels.queries.series import in_series
from solicit.panels.states import BallotState, ComparisonState, Preference

SHARES = {Preference.LEFT: 1.0, Preference.EQUAL: 0.5, Preference.RIGHT: 0.0}


@dataclass(frozen=True)
class ComparedPair:
    """One comparison; ``share`` is what the first question won of it: 1, a half or 0."""

    first_question_id: int
    second_question_id: int
    share: float
    person_id: int
    is_random: bool
    theme_id: int


@dataclass(frozen=True)
class RankedBallot:
    """The order of one panelist in one theme; places start at 1, equal ones are ties, unranked ones are not here."""

    person_id: int
    theme_id: int
    places: tuple[tuple[int, int], ...]  # (question_id, place)


def comparisons_of(session: Session, *, first_id: int) -> tuple[ComparedPair, ...]:
    """Every comparison of a series that was judged by somebody in no conflict with either question; one statement."""
    pairs = sa.select(conflict_pairs()).cte("in_conflict")
    unconflicted = (
        sa.tuple_(side, Comparison.person_id).not_in(sa.select(pairs))
        for side in (Comparison.left_id, Comparison.right_id)
    )
    found = session.scalars(
        sa.select(Comparison)
        .join(Round, Round.id == Comparison.round_id)
        .where(in_series(first_id), Comparison.state == ComparisonState.JUDGED)
        .where(Comparison.preference != Preference.UNDECIDED, *unconflicted)
        .order_by(Comparison.round_id, Comparison.person_id, Comparison.id)
        .execution_options(populate_existing=True)
    )
    return tuple(
        ComparedPair(row.left_id, row.right_id, SHARES[row.preference], row.person_id, row.is_random, row.theme_id)
        for row in found
    )


def ballots_of(session: Session, *, first_id: int) -> tuple[RankedBallot, ...]:
    """Every submitted ballot of a series, without the places of questions in conflict; one statement.

    Of two ballots of one panelist in one theme the one of the later round counts.
    """
    in_conflict = sa.tuple_(BallotPlace.question_id, Ballot.person_id).in_(sa.select(conflict_pairs()))
    found = session.execute(
        sa.select(Ballot.person_id, Ballot.theme_id, Ballot.round_id, BallotPlace.question_id, BallotPlace.place)
        .join(Round, Round.id == Ballot.round_id)
        .join(BallotPlace, BallotPlace.ballot_id == Ballot.id)
        .where(in_series(first_id), Ballot.state == BallotState.SUBMITTED, ~in_conflict)
        .order_by(Ballot.round_id, Ballot.theme_id, Ballot.person_id, BallotPlace.place, BallotPlace.question_id)
    )
    by_round: dict[tuple[int, int, int], list[tuple[int, int]]] = {}
    for person_id, theme_id, round_id, question_id, place in found:
        by_round.setdefault((theme_id, person_id, round_id), []).append((question_id, place))
    latest = {key[:2]: tuple(places) for key, places in by_round.items()}
    return tuple(RankedBallot(person_id, theme_id, places) for (theme_id, person_id), places in sorted(latest.items()))
