"""What arrived: submissions per day, per country of the first author, and per theme."""

from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from solicit.calls.queries import ThemeView
from solicit.reports.queries.plots.part import Asking, Part, is_shown
from solicit.submissions.models import Authorship, Submission
from solicit.web.charts import trailing_mean

LONGEST_SERIES_DAYS = 120


@dataclass(frozen=True)
class Day:
    day: date
    n: int
    mean: float | None


@dataclass(frozen=True)
class Country:
    """How many submissions have a first author in a country; None is “not said”."""

    code: str | None
    n: int


@dataclass(frozen=True)
class ThemeShare:
    """How many submissions a theme has, and its part of all; None is “no theme chosen”."""

    theme: ThemeView | None
    n: int
    share: float


def _per_day(asking: Asking) -> sa.Select:
    day = sa.cast(sa.func.timezone("UTC", Submission.sent_at), sa.Date).label("day")
    return sa.select(day, sa.func.count().label("n")).where(*is_shown(asking.call, asking.viewer_id)).group_by(day)


def _days(asking: Asking, rows: list[dict]) -> tuple[Day, ...]:
    """Every day from the first submission to today or the close, empty ones included."""
    counts = {date.fromisoformat(row["day"]): row["n"] for row in rows}
    if not counts:
        return ()
    last = max(min(asking.now.date(), asking.call.closes_at.date()), max(counts))
    first = max(min(counts), last - timedelta(days=LONGEST_SERIES_DAYS - 1))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    values = [counts.get(day, 0) for day in days]
    return tuple(Day(*parts) for parts in zip(days, values, trailing_mean(values), strict=True))


def _per_country(asking: Asking) -> sa.Select:
    return (
        sa.select(Authorship.country, sa.func.count().label("n"))
        .join(Submission, Submission.id == Authorship.submission_id)
        .where(*is_shown(asking.call, asking.viewer_id), Authorship.position == 1)
        .group_by(Authorship.country)
    )


def _countries(_asking: Asking, rows: list[dict]) -> tuple[Country, ...]:
    """The most frequent first, those who did not say last."""
    found = [Country(row["country"], row["n"]) for row in rows]
    return tuple(sorted(found, key=lambda each: (each.code is None, -each.n, each.code)))


def _per_theme(asking: Asking) -> sa.Select:
    shown = is_shown(asking.call, asking.viewer_id)
    return sa.select(Submission.theme_id, sa.func.count().label("n")).where(*shown).group_by(Submission.theme_id)


def _shares(asking: Asking, rows: list[dict]) -> tuple[ThemeShare, ...]:
    counts = {row["theme_id"]: row["n"] for row in rows}
    total = sum(counts.values())
    themes = [*asking.call.themes, *([None] if None in counts else [])]
    found = ((theme, counts.get(theme.id if theme else None, 0)) for theme in themes)
    return tuple(ThemeShare(theme, n, n / total if total else 0.0) for theme, n in found)


PACE = Part(_per_day, _days)
COUNTRIES = Part(_per_country, _countries)
THEMES = Part(_per_theme, _shares)
