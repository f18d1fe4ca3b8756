"""What arrived: submissions per day, per country of the first author, and per theme."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from solicit.calls.queries import CallFacts, ThemeView
from solicit.reports.queries.plots.part import WEEK, Asking, Part
from solicit.submissions.models import Authorship
from solicit.web.charts import trailing_mean

LONGEST_SERIES_DAYS = 120


@dataclass(frozen=True)
class Day:
    day: date
    n: int
    mean: float | None


@dataclass(frozen=True)
class Arrivals:
    """Submissions in all, in the last seven days, and on every day from the first one to today or the close."""

    n: int
    n_week: int
    days: tuple[Day, ...]


@dataclass(frozen=True)
class Country:
    """Submissions with a first author in a country, None is “not said”; the first one with any author there."""

    code: str | None
    n: int
    first_at: datetime


@dataclass(frozen=True)
class ThemeShare:
    """How many submissions a theme has, and its part of all; None is “no theme chosen”."""

    theme: ThemeView | None
    n: int
    share: float


def _per_day(asking: Asking) -> sa.Select:
    sent_at, n = asking.standing.c.sent_at, sa.func.count()
    day = sa.cast(sa.func.timezone("UTC", sent_at), sa.Date).label("day")
    return sa.select(day, n.label("n")).group_by(day)


def _arrivals(asking: Asking, rows: list[dict]) -> Arrivals:
    counts = {date.fromisoformat(row["day"]): row["n"] for row in rows}
    # Whole days, as in the plot beside it: two numbers for "the last 7 days" on one page would not be believed.
    last_week = (asking.now - WEEK).date()
    n_week = sum(n for day, n in counts.items() if day > last_week)
    return Arrivals(sum(counts.values()), n_week, days_of(asking.call, counts, asking.now.date()))


def days_of(call: CallFacts, counts: Mapping[date, int], today: date) -> tuple[Day, ...]:
    """Every day from the first submission to today or the close, empty ones included; of many the last ones."""
    if not counts:
        return ()
    last = max(min(today, call.stops_at.date()), max(counts))
    first = max(min(counts), last - timedelta(days=LONGEST_SERIES_DAYS - 1))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    values = [counts.get(day, 0) for day in days]
    return tuple(Day(*parts) for parts in zip(days, values, trailing_mean(values), strict=True))


def _per_country(asking: Asking) -> sa.Select:
    standing = asking.standing
    return (
        sa.select(
            Authorship.country,
            sa.func.count().filter(Authorship.position == 1).label("n"),
            sa.func.min(standing.c.sent_at).label("first_at"),
        )
        .join(standing, standing.c.id == Authorship.submission_id)
        .group_by(Authorship.country)
    )


def _countries(_asking: Asking, rows: list[dict]) -> tuple[Country, ...]:
    """The most frequent first, those who did not say last."""
    found = [Country(row["country"], row["n"], datetime.fromisoformat(row["first_at"])) for row in rows]
    return tuple(sorted(found, key=lambda each: (each.code is None, -each.n, each.code)))


def _per_theme(asking: Asking) -> sa.Select:
    theme_id = asking.standing.c.theme_id
    return sa.select(theme_id, sa.func.count().label("n")).group_by(theme_id)


def _shares(asking: Asking, rows: list[dict]) -> tuple[ThemeShare, ...]:
    return shares_of(asking.call, {row["theme_id"]: row["n"] for row in rows})


def shares_of(call: CallFacts, counts: Mapping[int | None, int]) -> tuple[ThemeShare, ...]:
    """The part that each theme of a call has in all submissions, and last of those without a theme if there are any."""
    total = sum(counts.values())
    themes = [*call.themes, *([None] if None in counts else [])]
    found = ((theme, counts.get(theme.id if theme else None, 0)) for theme in themes)
    return tuple(ThemeShare(theme, n, n / total if total else 0.0) for theme, n in found)


PACE = Part(_per_day, _arrivals)
COUNTRIES = Part(_per_country, _countries)
THEMES = Part(_per_theme, _shares)
