"""The numbers on the dashboard: how many, and what changed in the last seven days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from solicit.questions.models import DuplicatePair, Question
from solicit.questions.queries.duplicates.pairs import Left, Right, visible
from solicit.questions.queries.involvement import is_involved
from solicit.questions.states import QuestionState
from solicit.reports.queries.plots.part import WEEK, Asking, Part


@dataclass(frozen=True)
class Desk:
    """What waits at the desks of duplicates and screening; times are None where nothing does."""

    n_duplicates: int
    n_duplicates_week: int
    oldest_duplicate_at: datetime | None
    n_to_screen: int
    oldest_to_screen_at: datetime | None


@dataclass(frozen=True)
class Figures:
    """Everything the top of the dashboard says."""

    n_submissions: int
    n_submissions_week: int
    n_countries: int
    n_countries_week: int
    n_assigned: int
    n_done: int
    n_done_week: int
    desk: Desk


def figures_of(asking: Asking, said: Mapping[str, object]) -> Figures:
    """What the parts of a dashboard, by name, come to; nothing is counted a second time."""
    arrivals, reviewing, countries = said["pace"], said["panels"], [each for each in said["countries"] if each.code]
    return Figures(
        n_submissions=arrivals.n,
        n_submissions_week=arrivals.n_week,
        n_countries=len(countries),
        n_countries_week=sum(each.first_at > asking.now - WEEK for each in countries),
        n_assigned=reviewing.n_assigned,
        n_done=reviewing.n_done,
        n_done_week=reviewing.n_done_week,
        desk=said["desk"],
    )


def _waiting(asking: Asking) -> sa.Select:
    pairs, questions = _duplicates(asking).subquery("pairs"), _to_screen(asking).subquery("questions")
    return sa.select(pairs, questions).select_from(pairs.join(questions, sa.true()))  # each has one row


def _duplicates(asking: Asking) -> sa.Select:
    at = DuplicatePair.suggested_at
    return (
        sa.select(
            sa.func.count().label("n_duplicates"),
            sa.func.count().filter(at > asking.now - WEEK).label("n_duplicates_week"),
            sa.func.min(at).label("oldest_duplicate_at"),
        )
        .select_from(DuplicatePair)
        .join(Left, Left.id == DuplicatePair.left_id)
        .join(Right, Right.id == DuplicatePair.right_id)
        .where(*visible(asking.call, asking.viewer_id), DuplicatePair.verdict.is_(None))
    )


def _to_screen(asking: Asking) -> sa.Select:
    return (
        sa.select(
            sa.func.count().label("n_to_screen"),
            sa.func.min(Question.created_at).label("oldest_to_screen_at"),
        )
        .where(Question.call_id == asking.call.id, Question.state == QuestionState.NEW)
        .where(~is_involved(asking.viewer_id, Question.id))
    )


def _desk(_asking: Asking, rows: list[dict]) -> Desk:
    (row,) = rows
    times = ("oldest_duplicate_at", "oldest_to_screen_at")
    return Desk(**row | {name: row[name] and datetime.fromisoformat(row[name]) for name in times})


DESK = Part(_waiting, _desk)
