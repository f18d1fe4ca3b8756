"""Geometry of work against time: what is done up to today, and when it may all be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

WIDTH, HEIGHT = 300.0, 100.0


@dataclass(frozen=True)
class DayRow:
    day: date
    n_done: int
    n_done_in_all: int


@dataclass(frozen=True)
class ProgressChart:
    """Paths in a box of WIDTH by HEIGHT; the band is empty where there is no forecast.

    tick values and label dates are for the axes; ``today_x`` and ``close_x`` are vertical marks.
    """

    days: tuple[DayRow, ...]
    done_path: str
    band_path: str
    today_x: float
    close_x: float
    ticks: tuple["TickAt", ...]
    labels: tuple[date, ...]
    width: float = WIDTH
    height: float = HEIGHT


@dataclass(frozen=True)
class TickAt:
    value: int
    y: float


def progress_chart(
    *,
    first: date,
    done_per_day: Sequence[int],
    n_in_all: int,
    closes: date,
    early: int | None,
    late: int | None,
) -> ProgressChart:
    """Work done since ``first``, the last of ``done_per_day`` being today; early and late are days from now."""
    today = first + timedelta(days=len(done_per_day) - 1)
    ends = [today, closes] + [today + timedelta(days=days) for days in (early, late) if days is not None]
    last = max(*ends, first + timedelta(days=1))
    top = max(n_in_all, sum(done_per_day), 1)

    def point(day: date, value: float) -> str:
        return f"{_x(day, first, last):g} {_y(value, top):g}"

    sums = list(accumulate(done_per_day))
    days = tuple(DayRow(first + timedelta(days=n), done, sums[n]) for n, done in enumerate(done_per_day))
    now = point(today, sums[-1])
    band = ""
    if early is not None and late is not None and sums[-1] < n_in_all:
        ends_at = (point(today + timedelta(days=each), n_in_all) for each in (early, late))
        band = f"M{now} " + " ".join(f"L{end}" for end in ends_at) + "Z"
    return ProgressChart(
        days=days,
        done_path="M" + " L".join(point(row.day, row.n_done_in_all) for row in days),
        band_path=band,
        today_x=_x(today, first, last),
        close_x=_x(closes, first, last),
        ticks=tuple(TickAt(value, _y(value, top)) for value in sorted({top, top // 2, 0}, reverse=True)),
        labels=(first, first + (last - first) / 2, last),
    )


def _x(day: date, first: date, last: date) -> float:
    return round(WIDTH * min(max((day - first) / (last - first), 0.0), 1.0), 2)


def _y(value: float, top: float) -> float:
    return round(HEIGHT * (1 - value / top), 2)
