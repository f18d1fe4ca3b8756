"""The numbers on the dashboard: how many, and what changed in the last seven days."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from solicit.calls.queries import CallFacts
from solicit.panels.models import Assignment, Round
from solicit.panels.states import LIVE as ASKED
from solicit.panels.states import AssignmentState, RoundState
from solicit.questions.models import DuplicatePair, Question
from solicit.questions.queries.involvement import is_involved
from solicit.questions.states import STANDING, QuestionState
from solicit.submissions.models import Authorship, Submission
from solicit.submissions.states import LIVE

WEEK = timedelta(days=7)

Left, Right = aliased(Question), aliased(Question)


@dataclass(frozen=True)
class Figures:
    """Everything the top of the dashboard says; times are None where there is nothing."""

    n_submissions: int
    n_submissions_week: int
    n_countries: int
    n_countries_week: int
    n_duplicates: int
    n_duplicates_week: int
    oldest_duplicate_at: datetime | None
    n_to_screen: int
    oldest_to_screen_at: datetime | None
    n_assigned: int
    n_done: int
    n_done_week: int
    n_open_assigned: int
    n_open_done: int
    open_since: datetime | None
    open_until: datetime | None


def figures(session: Session, *, call: CallFacts, viewer_id: int, now: datetime) -> Figures:
    """The numbers of a call for one organizer; one statement."""
    week = now - WEEK
    first, *others = (
        _submissions(call, week),
        _countries(call, week),
        _duplicates(call, viewer_id, week),
        _to_screen(call, viewer_id),
        _reviews(call, week),
    )
    joined = reduce(lambda left, right: left.join(right, sa.true()), others, first)  # each has one row
    row = session.execute(sa.select(first, *others).select_from(joined)).one()
    return Figures(**row._mapping)


def _submissions(call: CallFacts, week: datetime) -> sa.Subquery:
    return (
        sa.select(
            sa.func.count().label("n_submissions"),
            sa.func.count().filter(Submission.sent_at > week).label("n_submissions_week"),
        )
        .where(Submission.call_id == call.id, Submission.state.in_(LIVE))
        .subquery("submissions")
    )


def _countries(call: CallFacts, week: datetime) -> sa.Subquery:
    first = (
        sa.select(Authorship.country, sa.func.min(Submission.sent_at).label("first_at"))
        .join(Submission, Submission.id == Authorship.submission_id)
        .where(Submission.call_id == call.id, Submission.state.in_(LIVE), Authorship.country.is_not(None))
        .group_by(Authorship.country)
        .subquery("first_per_country")
    )
    return (
        sa.select(
            sa.func.count().label("n_countries"),
            sa.func.count().filter(first.c.first_at > week).label("n_countries_week"),
        )
        .select_from(first)
        .subquery("countries")
    )


def _duplicates(call: CallFacts, viewer_id: int, week: datetime) -> sa.Subquery:
    return (
        sa.select(
            sa.func.count().label("n_duplicates"),
            sa.func.count().filter(DuplicatePair.suggested_at > week).label("n_duplicates_week"),
            sa.func.min(DuplicatePair.suggested_at).label("oldest_duplicate_at"),
        )
        .select_from(DuplicatePair)
        .join(Left, Left.id == DuplicatePair.left_id)
        .join(Right, Right.id == DuplicatePair.right_id)
        .where(
            DuplicatePair.call_id == call.id,
            DuplicatePair.verdict.is_(None),
            Left.state.in_(STANDING),
            Right.state.in_(STANDING),
            ~is_involved(viewer_id, Left.id),
            ~is_involved(viewer_id, Right.id),
        )
        .subquery("duplicates")
    )


def _to_screen(call: CallFacts, viewer_id: int) -> sa.Subquery:
    return (
        sa.select(
            sa.func.count().label("n_to_screen"),
            sa.func.min(Question.created_at).label("oldest_to_screen_at"),
        )
        .where(Question.call_id == call.id, Question.state == QuestionState.NEW, ~is_involved(viewer_id, Question.id))
        .subquery("to_screen")
    )


def _reviews(call: CallFacts, week: datetime) -> sa.Subquery:
    """Reviews, and the pace of open rounds. Whoever scores a question again changes a review that counts already."""
    is_done = Assignment.state == AssignmentState.SUBMITTED
    is_first = Round.follows_id.is_(None)
    is_open = Round.state == RoundState.OPEN
    return (
        sa.select(
            sa.func.count().filter(is_first).label("n_assigned"),
            sa.func.count().filter(is_first, is_done).label("n_done"),
            sa.func.count().filter(is_first, is_done, Assignment.changed_at > week).label("n_done_week"),
            sa.func.count().filter(is_open).label("n_open_assigned"),
            sa.func.count().filter(is_open, is_done).label("n_open_done"),
            sa.func.min(Round.opens_at).filter(is_open).label("open_since"),
            sa.func.min(Round.closes_at).filter(is_open).label("open_until"),
        )
        .select_from(Assignment)
        .join(Round, Round.id == Assignment.round_id)
        .where(Round.call_id == call.id, Assignment.state.in_(ASKED))
        .subquery("reviews")
    )
