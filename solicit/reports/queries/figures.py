"""The numbers on the dashboard: how many, and what changed in the last seven days."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from solicit.calls.queries import CallFacts
from solicit.panels.models import Assignment, Round
from solicit.panels.states import LIVE as ASKED
from solicit.panels.states import AssignmentState
from solicit.questions.models import DuplicatePair, Question
from solicit.questions.queries.involvement import is_involved
from solicit.questions.states import STANDING, QuestionState
from solicit.reports.queries.plots.part import is_shown
from solicit.submissions.models import Authorship, Submission

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


def figures(session: Session, *, call: CallFacts, viewer_id: int, now: datetime) -> Figures:
    """The numbers of a call for one organizer; one statement."""
    week = now - WEEK
    first, *others = (
        _submissions(call, viewer_id, week),
        _countries(call, viewer_id, week),
        _duplicates(call, viewer_id, week),
        _to_screen(call, viewer_id),
        _reviews(call, week),
    )
    joined = reduce(lambda left, right: left.join(right, sa.true()), others, first)  # each has one row
    row = session.execute(sa.select(first, *others).select_from(joined)).one()
    return Figures(**row._mapping)


def _submissions(call: CallFacts, viewer_id: int, week: datetime) -> sa.Subquery:
    return (
        sa.select(
            sa.func.count().label("n_submissions"),
            sa.func.count().filter(Submission.sent_at > week).label("n_submissions_week"),
        )
        .where(*is_shown(call, viewer_id))
        .subquery("submissions")
    )


def _countries(call: CallFacts, viewer_id: int, week: datetime) -> sa.Subquery:
    first = (
        sa.select(Authorship.country, sa.func.min(Submission.sent_at).label("first_at"))
        .join(Submission, Submission.id == Authorship.submission_id)
        .where(*is_shown(call, viewer_id), Authorship.country.is_not(None))
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
    """Reviews of first rounds. Whoever scores a question again changes a review that counts already."""
    is_done = Assignment.state == AssignmentState.SUBMITTED
    return (
        sa.select(
            sa.func.count().label("n_assigned"),
            sa.func.count().filter(is_done).label("n_done"),
            sa.func.count().filter(is_done, Assignment.changed_at > week).label("n_done_week"),
        )
        .select_from(Assignment)
        .join(Round, Round.id == Assignment.round_id)
        .where(Round.call_id == call.id, Round.follows_id.is_(None), Assignment.state.in_(ASKED))
        .subquery("reviews")
    )
