"""The dashboard: numbers, at most one warning, two plots and the queues of work."""

import enum
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, ThemeView
from solicit.jobs.queries import JobPage, unfinished_jobs
from solicit.questions.queries.duplicates.pairs import PairFilter, PairView, pair_rows
from solicit.questions.queries.screening.queue import DeskFilter, DeskRow, Viewing, desk_rows
from solicit.reports.queries.figures import Figures, figures
from solicit.submissions.models import Submission
from solicit.submissions.states import LIVE
from solicit.web.charts import trailing_mean
from solicit.web.pagination import Window

QUEUE_LENGTH = Window(1, 5)
WAITED_TOO_LONG = timedelta(days=7)
LONGEST_SERIES_DAYS = 120
BEHIND_BY = 0.1


class Concern(enum.Enum):
    """What the one warning is about."""

    REVIEWS = "reviews"
    SCREENING = "screening"
    DUPLICATES = "duplicates"


@dataclass(frozen=True)
class Pressing:
    """The most pressing thing, with the numbers that show it."""

    concern: Concern
    n: int
    days: int


@dataclass(frozen=True)
class Day:
    day: date
    n: int
    mean: float | None


@dataclass(frozen=True)
class ThemeShare:
    """How many submissions a theme has, and its part of all; None is “no theme chosen”."""

    theme: ThemeView | None
    n: int
    share: float


@dataclass(frozen=True)
class Dashboard:
    figures: Figures
    days_to_close: int | None
    warning: Pressing | None
    days: tuple[Day, ...]
    shares: tuple[ThemeShare, ...]
    to_screen: tuple[DeskRow, ...]
    duplicates: tuple[PairView, ...]
    jobs: tuple[JobPage, ...]


def dashboard(session: Session, *, call: CallFacts, viewer_id: int, now: datetime) -> Dashboard:
    """Everything on the dashboard of one organizer; five statements."""
    numbers = figures(session, call=call, viewer_id=viewer_id, now=now)
    per_day = _per_day_and_theme(session, call=call)
    return Dashboard(
        figures=numbers,
        days_to_close=max((call.closes_at - now).days, 0) if now < call.closes_at else None,
        warning=warning_of(numbers, now=now),
        days=_days(per_day, call=call, today=now.date()),
        shares=_shares(per_day, call=call),
        to_screen=desk_rows(session, viewing=Viewing(call, viewer_id, now), chosen=DeskFilter(), window=QUEUE_LENGTH),
        duplicates=pair_rows(session, call=call, viewer_id=viewer_id, chosen=PairFilter(), window=QUEUE_LENGTH),
        jobs=unfinished_jobs(session, call_id=call.id),
    )


def submissions_per_day(session: Session, *, call: CallFacts, now: datetime) -> tuple[Day, ...]:
    """Submissions per day with the mean of seven days; one statement."""
    return _days(_per_day_and_theme(session, call=call), call=call, today=now.date())


def theme_shares(session: Session, *, call: CallFacts) -> tuple[ThemeShare, ...]:
    """Submissions per theme; one statement."""
    return _shares(_per_day_and_theme(session, call=call), call=call)


def warning_of(numbers: Figures, *, now: datetime) -> Pressing | None:
    """The first of: a round behind its pace, questions or pairs that waited over a week."""
    if numbers.n_open_assigned and numbers.open_until and numbers.open_since:
        whole = (numbers.open_until - numbers.open_since).total_seconds()
        passed = min(max((now - numbers.open_since).total_seconds() / whole, 0), 1)
        if numbers.n_open_done / numbers.n_open_assigned < passed - BEHIND_BY:
            days_left = max((numbers.open_until - now).days, 0)
            return Pressing(Concern.REVIEWS, numbers.n_open_assigned - numbers.n_open_done, days_left)
    waits = (
        (Concern.SCREENING, numbers.n_to_screen, numbers.oldest_to_screen_at),
        (Concern.DUPLICATES, numbers.n_duplicates, numbers.oldest_duplicate_at),
    )
    for concern, n, oldest_at in waits:
        if oldest_at and now - oldest_at > WAITED_TOO_LONG:
            return Pressing(concern, n, (now - oldest_at).days)
    return None


def _per_day_and_theme(session: Session, *, call: CallFacts) -> list:
    """Live submissions counted by the day (UTC) they were sent and by theme."""
    day = sa.cast(sa.func.timezone("UTC", Submission.sent_at), sa.Date).label("day")
    return session.execute(
        sa.select(day, Submission.theme_id, sa.func.count().label("n"))
        .where(Submission.call_id == call.id, Submission.state.in_(LIVE))
        .group_by(day, Submission.theme_id)
        .order_by(day, Submission.theme_id)
    ).all()


def _days(per_day: list, *, call: CallFacts, today: date) -> tuple[Day, ...]:
    """Every day from the first submission to today or the close, empty ones included."""
    counts: dict[date, int] = {}
    for row in per_day:
        counts[row.day] = counts.get(row.day, 0) + row.n
    if not counts:
        return ()
    last = max(min(today, call.closes_at.date()), max(counts))
    first = max(min(counts), last - timedelta(days=LONGEST_SERIES_DAYS - 1))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    values = [counts.get(day, 0) for day in days]
    return tuple(Day(*parts) for parts in zip(days, values, trailing_mean(values), strict=True))


def _shares(per_day: list, *, call: CallFacts) -> tuple[ThemeShare, ...]:
    counts: dict[int | None, int] = {}
    for row in per_day:
        counts[row.theme_id] = counts.get(row.theme_id, 0) + row.n
    total = sum(counts.values())
    themes = [*call.themes, *([None] if None in counts else [])]
    found = ((theme, counts.get(theme.id if theme else None, 0)) for theme in themes)
    return tuple(ThemeShare(theme, n, n / total if total else 0.0) for theme, n in found)
