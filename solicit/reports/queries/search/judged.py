"""What the panels said of a question, as conditions: for organizers alone, and of closed rounds alone.

How many reviews there are is no secret of theirs; what they say, and whose they are, is one until the round closed.
"""

import operator

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.panels.models import Assignment, Review, Round
from solicit.panels.queries.discussion.rated import rated_reviews
from solicit.panels.queries.votes import OVER
from solicit.panels.states import AssignmentState
from solicit.people.models import Person
from solicit.questions.models import Question
from solicit.rankings.models import RankingRow, RankingRun
from solicit.rankings.states import RESULTS, Evidence
from solicit.reports.queries.search.language import Named
from solicit.reports.queries.search.names import is_named
from solicit.reports.queries.search.sight import Searcher

COMPARES = {">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le, "=": operator.eq}


def has_closed_round(session: Session, *, call: CallFacts) -> bool:
    return session.scalar(sa.select(sa.exists().where(Round.call_id == call.id, Round.state.in_(OVER))))


def has_score(call: CallFacts, _searcher: Searcher, named: Named) -> sa.ColumnElement[bool]:
    """By the value as the page shows it, with two decimal places."""
    found = values(call)
    mean = sa.func.round(sa.cast(found.c.mean, sa.Numeric), 2)
    return Question.id.in_(sa.select(found.c.question_id).where(COMPARES[named.sign](mean, float(named.values[0]))))


def values(call: CallFacts, among: sa.Select | None = None) -> sa.Subquery:
    """(question_id, mean, low, high) of questions, or of those ``among`` them: as the frozen rankings value them.

    While no ranking is frozen, the plain means of what was rated in closed rounds, without an interval.
    """
    ranked, plain, nothing = _ranked(call, among), _plain_means(call, among), sa.cast(sa.null(), sa.Double)
    is_frozen = sa.exists().where(RankingRun.call_id == call.id, RankingRun.purpose.in_(RESULTS))
    unfrozen = sa.select(plain.c.question_id, plain.c.mean, nothing, nothing).where(~is_frozen)
    return sa.union_all(sa.select(ranked), unfrozen).subquery("valued")


def _ranked(call: CallFacts, among: sa.Select | None) -> sa.Subquery:
    """The latest result of each round; of several rounds the latest result counts."""
    latest = sa.select(sa.func.max(RankingRun.id)).where(RankingRun.call_id == call.id, RankingRun.purpose.in_(RESULTS))
    return (
        sa.select(RankingRow.question_id, RankingRow.mean, RankingRow.low, RankingRow.high)
        .ext(distinct_on(RankingRow.question_id))
        .where(RankingRow.run_id.in_(latest.group_by(RankingRun.round_id)), *_among(RankingRow.question_id, among))
        .where(RankingRow.evidence != Evidence.INSUFFICIENT)
        .order_by(RankingRow.question_id, RankingRow.run_id.desc())
        .subquery("ranked")
    )


def _plain_means(call: CallFacts, among: sa.Select | None) -> sa.Subquery:
    rated = rated_reviews().where(Round.call_id == call.id, *_among(Assignment.question_id, among)).subquery()
    with_value = sa.select(rated.c.question_id, sa.func.avg(rated.c.rating).label("mean"))
    return with_value.where(rated.c.rating.is_not(None)).group_by(rated.c.question_id).subquery("plain")


def _among(question_id: sa.ColumnElement[int], ids: sa.Select | None) -> tuple[sa.ColumnElement[bool], ...]:
    return () if ids is None else (question_id.in_(ids),)


def review_counts(call: CallFacts) -> sa.Subquery:
    """(question_id, n): how many panelists have sent a review; in several rounds each counts once."""
    sent = sent_reviews(call).subquery()
    n = sa.func.count(sa.distinct(sent.c.person_id)).label("n")
    return sa.select(sent.c.question_id, n).group_by(sent.c.question_id).subquery("reviewed")


def has_reviews(call: CallFacts, _searcher: Searcher, named: Named) -> sa.ColumnElement[bool]:
    compare, number = COMPARES[named.sign], float(named.values[0])
    counted = review_counts(call)
    fits = Question.id.in_(sa.select(counted.c.question_id).where(compare(counted.c.n, number)))
    none = Question.id.not_in(sa.select(counted.c.question_id))
    return sa.or_(fits, none) if compare(0, number) else fits


def has_reviewer(call: CallFacts, _searcher: Searcher, named: Named) -> sa.ColumnElement[bool]:
    """By the name of somebody who sent a review in a round that has closed."""
    names = sa.or_(*(is_named(Person.full_name, value) for value in named.values))
    reviewed = _closed_reviews(call).join(Person, Person.id == Assignment.person_id).where(names)
    return Question.id.in_(reviewed)


def has_comment(call: CallFacts, _searcher: Searcher) -> sa.ColumnElement[bool]:
    is_written = sa.or_(Review.comment_to_panel != "", Review.comment_to_authors != "")
    commented = _closed_reviews(call).join(Review, Review.assignment_id == Assignment.id).where(is_written)
    return Question.id.in_(commented)


def sent_reviews(call: CallFacts) -> sa.Select:
    """(question_id, person_id) of the reviews that were sent."""
    return (
        sa.select(Assignment.question_id, Assignment.person_id)
        .join(Round, Round.id == Assignment.round_id)
        .where(Round.call_id == call.id, Assignment.state == AssignmentState.SUBMITTED)
    )


def _closed_reviews(call: CallFacts) -> sa.Select:
    return sent_reviews(call).with_only_columns(Assignment.question_id).where(Round.state.in_(OVER))
