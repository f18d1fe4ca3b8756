"""What the panels said of a question, as conditions: for organizers alone, and of closed rounds alone.

How many reviews there are is no secret of theirs; what they say, and whose they are, is one until the round closed.
"""

import operator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.panels.models import Assignment, Review, Round
from solicit.panels.queries.discussion.rated import rated_reviews
from solicit.panels.states import AssignmentState, RoundState
from solicit.people.models import Person
from solicit.questions.models import Question
from solicit.rankings.models import RankingRow, RankingRun
from solicit.rankings.states import RESULTS, Evidence
from solicit.reports.queries.search.language import Named
from solicit.reports.queries.search.names import is_named
from solicit.reports.queries.search.sight import Searcher

COMPARES = {">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le, "=": operator.eq}
CLOSED = (RoundState.CLOSED, RoundState.FROZEN)


@dataclass(frozen=True)
class Progress:
    """How far the panels of a call are: whether any round has closed, and any ranking is frozen."""

    has_closed: bool
    has_ranking: bool


def panel_progress(session: Session, *, call: CallFacts) -> Progress:
    """One statement."""
    closed = sa.exists().where(Round.call_id == call.id, Round.state.in_(CLOSED))
    frozen = sa.exists().where(RankingRun.call_id == call.id, RankingRun.purpose.in_(RESULTS))
    return Progress(*session.execute(sa.select(closed, frozen)).one())


def has_score(call: CallFacts, _searcher: Searcher, named: Named) -> sa.ColumnElement[bool]:
    """By the value in the frozen ranking; while there is none, by the plain mean of the ratings of closed rounds."""
    compare, number = COMPARES[named.sign], float(named.values[0])
    is_frozen = sa.exists().where(RankingRun.call_id == call.id, RankingRun.purpose.in_(RESULTS))
    fits = [
        sa.select(values.c.question_id).where(compare(sa.func.round(sa.cast(values.c.mean, sa.Numeric), 2), number))
        for values in (scores(call), plain_means(call))
    ]
    return sa.case((is_frozen, Question.id.in_(fits[0])), else_=Question.id.in_(fits[1]))


def scores(call: CallFacts) -> sa.Subquery:
    """(question_id, mean, low, high) of the latest result of each round; of several rounds the latest result counts."""
    latest = sa.select(sa.func.max(RankingRun.id)).where(RankingRun.call_id == call.id, RankingRun.purpose.in_(RESULTS))
    return (
        sa.select(RankingRow.question_id, RankingRow.mean, RankingRow.low, RankingRow.high)
        .ext(distinct_on(RankingRow.question_id))
        .where(RankingRow.run_id.in_(latest.group_by(RankingRun.round_id)))
        .where(RankingRow.evidence != Evidence.INSUFFICIENT)
        .order_by(RankingRow.question_id, RankingRow.run_id.desc())
        .subquery("ranked")
    )


def plain_means(call: CallFacts) -> sa.Subquery:
    """(question_id, mean) of the ratings of closed rounds."""
    rated = rated_reviews().where(Round.call_id == call.id).subquery()
    mean = sa.func.avg(rated.c.rating).label("mean")
    with_value = sa.select(rated.c.question_id, mean).where(rated.c.rating.is_not(None))
    return with_value.group_by(rated.c.question_id).subquery("plain")


def has_reviews(call: CallFacts, _searcher: Searcher, named: Named) -> sa.ColumnElement[bool]:
    """By how many panelists have sent a review; in several rounds each counts once."""
    compare, number = COMPARES[named.sign], float(named.values[0])
    sent = _sent(call)
    counted = sent.group_by(Assignment.question_id).having(
        compare(sa.func.count(sa.distinct(Assignment.person_id)), number)
    )
    fits = Question.id.in_(counted)
    return sa.or_(fits, Question.id.not_in(sent)) if compare(0, number) else fits


def has_reviewer(call: CallFacts, _searcher: Searcher, named: Named) -> sa.ColumnElement[bool]:
    """By the name of somebody who sent a review in a round that has closed."""
    names = sa.or_(*(is_named(Person.full_name, value) for value in named.values))
    reviewed = _sent(call).join(Person, Person.id == Assignment.person_id).where(Round.state.in_(CLOSED), names)
    return Question.id.in_(reviewed)


def has_comment(call: CallFacts, _searcher: Searcher) -> sa.ColumnElement[bool]:
    is_written = sa.or_(Review.comment_to_panel != "", Review.comment_to_authors != "")
    commented = _sent(call).join(Review, Review.assignment_id == Assignment.id)
    return Question.id.in_(commented.where(Round.state.in_(CLOSED), is_written))


def _sent(call: CallFacts) -> sa.Select:
    return (
        sa.select(Assignment.question_id)
        .join(Round, Round.id == Assignment.round_id)
        .where(Round.call_id == call.id, Assignment.state == AssignmentState.SUBMITTED)
    )
