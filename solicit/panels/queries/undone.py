"""What panelists still have to do in a round, whatever it asks of them."""

from collections import Counter

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.panels.models import Assignment, Ballot, Comparison, Panel, Panelist, Round
from solicit.panels.queries.conflicts import conflict_pairs
from solicit.panels.queries.voting.ballots import FEWEST
from solicit.panels.queries.voting.pairs import n_possible
from solicit.panels.queries.voting.voter import questions_for
from solicit.panels.states import UNDONE, Activity, BallotState, ComparisonState
from solicit.questions.models import Question
from solicit.questions.states import QuestionState


def undone_in(session: Session, round_: Round) -> dict[int, int]:
    """How many reviews, comparisons or ballots each panelist still owes; who owes nothing is not in it."""
    if round_.activity is Activity.SCORING:
        return _reviews(session, round_)
    if round_.activity is Activity.DISCUSSION:
        return {}
    owed = _comparisons if round_.activity is Activity.COMPARING else _ballots
    counts = {person_id: owed(session, round_, person_id) for person_id in _seated(session, round_)}
    return {person_id: n for person_id, n in counts.items() if n > 0}


def _reviews(session: Session, round_: Round) -> dict[int, int]:
    found = session.execute(
        sa.select(Assignment.person_id, sa.func.count())
        .join(Question, Question.id == Assignment.question_id)
        .where(Assignment.round_id == round_.id, Assignment.state.in_(UNDONE))
        .where(Question.state == QuestionState.IN_SCOPE)
        .where(sa.tuple_(Assignment.question_id, Assignment.person_id).not_in(sa.select(conflict_pairs())))
        .group_by(Assignment.person_id)
    )
    return {person_id: n for person_id, n in found}


def _comparisons(session: Session, round_: Round, person_id: int) -> int:
    themes = questions_for(session, round_id=round_.id, person_id=person_id).values()
    judged = sa.select(sa.func.count()).where(
        Comparison.round_id == round_.id,
        Comparison.person_id == person_id,
        Comparison.state == ComparisonState.JUDGED,
    )
    return min(round_.pairs_per_panelist, n_possible(themes)) - (session.scalar(judged) or 0)


def _ballots(session: Session, round_: Round, person_id: int) -> int:
    n_of_theme = Counter(questions_for(session, round_id=round_.id, person_id=person_id).values())
    themes = {theme_id for theme_id, n in n_of_theme.items() if n >= FEWEST}
    submitted = sa.select(Ballot.theme_id).where(
        Ballot.round_id == round_.id, Ballot.person_id == person_id, Ballot.state == BallotState.SUBMITTED
    )
    return len(themes - set(session.scalars(submitted)))


def _seated(session: Session, round_: Round) -> list[int]:
    seats = sa.select(Panelist.person_id).join(Panel, Panel.id == Panelist.panel_id)
    seats = seats.where(Panel.call_id == round_.call_id)
    if round_.panel_id is not None:
        seats = seats.where(Panel.id == round_.panel_id)
    return list(session.scalars(seats.distinct().order_by(Panelist.person_id)))
