"""What comparing and ranked ballots yielded in a series of rounds: what a ranking adds to the ratings."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.panels.models import (
    Ballot,
    BallotPlace,
    Comparison,
    ConflictOfInterest,
    Panel,
    Panelist,
    Round,
    RoundQuestion,
)
from solicit.panels.queries.conflicts import conflict_pairs
from solicit.panels.queries.series import in_series
from solicit.panels.states import BallotState, ComparisonState, ConflictState, Pick, Preference
from solicit.questions.models import Question
from solicit.questions.states import QuestionState

UNRANKED = 0
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
    """The order of one panelist in one theme.

    Places start at 1, equal ones are ties; UNRANKED is what was offered and left out: below the placed ones, and in
    no order among its like. What was not offered, such as a question in conflict, is not here; nor is an unranked one
    that joined the list by a merge, because the ballot may be older.
    """

    person_id: int
    theme_id: int
    places: tuple[tuple[int, int], ...]  # (question_id, place)


def comparisons_of(session: Session, *, first_id: int) -> tuple[ComparedPair, ...]:
    """Every comparison of a series by somebody in no conflict with either question, as judged; one statement.

    Without those of questions that were merged away or left the scope since: undoing brings them back.
    """
    pairs = sa.select(conflict_pairs()).cte("in_conflict")
    in_scope = sa.select(Question.id).where(Question.state == QuestionState.IN_SCOPE)
    sides = (Comparison.left_id, Comparison.right_id)
    unconflicted = (sa.tuple_(side, Comparison.person_id).not_in(sa.select(pairs)) for side in sides)
    standing = (side.in_(in_scope) for side in sides)
    found = session.scalars(
        sa.select(Comparison)
        .join(Round, Round.id == Comparison.round_id)
        .where(in_series(first_id), Comparison.state == ComparisonState.JUDGED)
        .where(Comparison.preference != Preference.UNDECIDED, *unconflicted, *standing)
        .order_by(Comparison.round_id, Comparison.judged_at, Comparison.id)
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
    found = session.execute(
        sa.select(
            Ballot.person_id,
            Ballot.theme_id,
            Ballot.round_id,
            Question.id,
            sa.func.coalesce(BallotPlace.place, UNRANKED).label("place"),
        )
        .join(Round, Round.id == Ballot.round_id)
        .join(RoundQuestion, RoundQuestion.round_id == Ballot.round_id)
        .join(Question, (Question.id == RoundQuestion.question_id) & (Question.theme_id == Ballot.theme_id))
        .outerjoin(BallotPlace, (BallotPlace.ballot_id == Ballot.id) & (BallotPlace.question_id == Question.id))
        .where(in_series(first_id), Ballot.state == BallotState.SUBMITTED, Question.state == QuestionState.IN_SCOPE)
        .where(sa.tuple_(Question.id, Ballot.person_id).not_in(sa.select(conflict_pairs())))
        .where(BallotPlace.place.is_not(None) | (RoundQuestion.pick != Pick.MERGED) & _was_offered())
        .order_by(Ballot.round_id, Ballot.theme_id, Ballot.person_id, BallotPlace.place, Question.id)
    )
    by_round: dict[tuple[int, int, int], list[tuple[int, int]]] = {}
    for person_id, theme_id, round_id, question_id, place in found:
        by_round.setdefault((theme_id, person_id, round_id), []).append((question_id, place))
    latest = {key[:2]: tuple(places) for key, places in by_round.items()}
    return tuple(RankedBallot(person_id, theme_id, places) for (theme_id, person_id), places in sorted(latest.items()))


def _was_offered() -> sa.ColumnElement[bool]:
    """Whether the voter of the outer statement reads the question's language, and no suspicion keeps it from them."""
    reads = (
        sa.select(Panelist.person_id)
        .join(Panel, Panel.id == Panelist.panel_id)
        .where(Panel.call_id == Question.call_id, Panelist.person_id == Ballot.person_id)
        .where(Question.language == sa.any_(Panelist.languages))
    )
    suspected = sa.exists().where(
        ConflictOfInterest.question_id == Question.id,
        ConflictOfInterest.person_id == Ballot.person_id,
        ConflictOfInterest.state == ConflictState.SUSPECTED,
    )
    return reads.exists() & ~suspected
