"""Geometry of the charts: numbers in, frozen coordinates out.

Words, number formats and the SVG itself belong to templates/_macros/charts.html.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

SLOT = 10.0  # width of one column's place in a chart's own units
GAP = 1.0  # empty space on each side of a column
HEIGHT = 100.0
MAX_LABELLED_COLUMNS = 12
MAX_TICK_STEPS = 5
MAX_EDGE_STEPS = 8

# Written on every mark as well as its class: PDF engines and mail ignore the page's style sheet.
PAINT = {"space": "#2468b4", "life": "#17785a", "nature": "#7546b0", "station": "#b04f17"}
PLAIN_PAINT = "#1c4e9c"
WARN_PAINT = "#8a5200"


class Coloured(Protocol):
    @property
    def colour(self) -> str: ...


@dataclass(frozen=True)
class Tick:
    value: float
    y: float


@dataclass(frozen=True)
class Column:
    label: str
    value: float
    mean: float | None
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class ColumnChart:
    """Upright bars side by side, with an optional line of means."""

    columns: tuple[Column, ...]
    ticks: tuple[Tick, ...]  # top first
    labels: tuple[str, ...]
    labels_every_column: bool
    mean_path: str
    width: float
    height: float = HEIGHT


@dataclass(frozen=True)
class Bin:
    start: float
    end: float
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Histogram:
    bins: tuple[Bin, ...]
    ticks: tuple[Tick, ...]  # top first
    edges: tuple[float, ...]  # the labelled ones, evenly spaced
    mark: float | None
    mark_x: float | None
    width: float
    height: float = HEIGHT


@dataclass(frozen=True)
class BarRow:
    """One horizontal bar to draw; `text` is the number as people read it."""

    label: str
    value: float
    text: str
    note: str = ""
    whole: float | None = None  # what a full bar means in this row alone
    mark: float | None = None
    theme: Coloured | None = None
    behind: bool = False
    is_apart: bool = False  # a remainder: said in words, for its bar would dwarf those of the scale


@dataclass(frozen=True)
class DrawnBar:
    label: str
    text: str
    note: str
    length: float | None  # percent of the track; None stands apart from the scale
    mark: float | None  # percent of the track
    theme: Coloured | None
    behind: bool
    paint: str


@dataclass(frozen=True)
class Interval:
    low: float
    mid: float
    high: float
    x_low: float
    x_mid: float
    x_high: float
    grid: tuple[float, ...]


def bar_chart(days: Sequence[str], values: Sequence[float], mean: Sequence[float | None] = ()) -> ColumnChart:
    """One column per day; `mean` is empty or as long as `days`, None where there is none.

    Raises ValueError if the lengths differ or a value is negative.
    """
    means = tuple(mean) or (None,) * len(days)
    if not len(days) == len(values) == len(means):
        raise ValueError("days, values and mean differ in length.")
    _refuse_negative(values)
    ticks = _ticks([*values, *(m for m in means if m is not None)])
    top = ticks[0].value
    columns = tuple(
        Column(day, value, average, i * SLOT + GAP, _y(value, top), SLOT - 2 * GAP, _height(value, top))
        for i, (day, value, average) in enumerate(zip(days, values, means, strict=True))
    )
    every = len(days) <= MAX_LABELLED_COLUMNS
    return ColumnChart(
        columns=columns,
        ticks=ticks,
        labels=tuple(days) if every else _four_of(days),
        labels_every_column=every,
        mean_path=_path(means, top),
        width=len(days) * SLOT,
    )


def trailing_mean(values: Sequence[float], window: int = 7) -> tuple[float | None, ...]:
    """Mean of each value and those before it; None until the window is full."""
    return tuple(sum(values[i + 1 - window : i + 1]) / window if i + 1 >= window else None for i in range(len(values)))


def histogram(edges: Sequence[float], counts: Sequence[int], mark: float | None = None) -> Histogram:
    """Counts between equally spaced edges, with an optional mark such as a threshold.

    Raises ValueError if there is not one edge more than counts, or the bins differ in width:
    a height then would no longer speak for the count.
    """
    if len(edges) != len(counts) + 1 or not counts:
        raise ValueError("A histogram needs one edge more than counts.")
    _refuse_negative(counts)
    if not _rise_evenly(edges):
        raise ValueError("The bins of a histogram must rise and be equally wide.")
    ticks = _ticks(counts)
    top = ticks[0].value
    bins = tuple(
        Bin(edges[i], edges[i + 1], count, i * SLOT, _y(count, top), SLOT, _height(count, top))
        for i, count in enumerate(counts)
    )
    width = len(counts) * SLOT
    return Histogram(
        bins=bins,
        ticks=ticks,
        edges=_even_edges(edges),
        mark=mark,
        mark_x=None if mark is None else _place(mark, edges[0], edges[-1], width),
        width=width,
    )


def bar_list(rows: Sequence[BarRow]) -> tuple[DrawnBar, ...]:
    """Horizontal bars from zero, all on one scale except rows that name their own whole."""
    _refuse_negative([row.value for row in rows])
    on_scale = [row for row in rows if row.whole is None and not row.is_apart]
    shared = max((max(row.value, row.mark or 0) for row in on_scale), default=0)
    return tuple(_drawn(row, row.whole if row.whole is not None else shared) for row in rows)


def share_scale(shares: Sequence[float], even: float | None) -> float | None:
    """What a full bar means among shares: twice an even split, whose mark then stands in the middle, or more."""
    return max([2 * even, *shares]) if even else None


def interval_row(low: float, mid: float, high: float, scale_low: float, scale_high: float) -> Interval:
    """A value with its interval as percent of a scale; grid lines at the whole numbers inside.

    Raises ValueError if the three values or the two ends are out of order.
    """
    if not low <= mid <= high:
        raise ValueError("An interval needs low <= mid <= high.")
    if scale_low >= scale_high:
        raise ValueError("The scale has no width.")
    whole = range(math.floor(scale_low) + 1, math.ceil(scale_high))
    return Interval(
        low=low,
        mid=mid,
        high=high,
        x_low=_place(low, scale_low, scale_high),
        x_mid=_place(mid, scale_low, scale_high),
        x_high=_place(high, scale_low, scale_high),
        grid=tuple(_place(number, scale_low, scale_high) for number in whole),
    )


def _drawn(row: BarRow, whole: float) -> DrawnBar:
    paint = PAINT.get(row.theme.colour, PLAIN_PAINT) if row.theme else PLAIN_PAINT
    return DrawnBar(
        label=row.label,
        text=row.text,
        note=row.note,
        length=_length(row, whole),
        mark=_place(row.mark, 0, whole) if whole and row.mark is not None else None,
        theme=row.theme,
        behind=row.behind,
        paint=WARN_PAINT if row.behind else paint,
    )


def _length(row: BarRow, whole: float) -> float | None:
    if row.is_apart:
        return None
    return _place(row.value, 0, whole) if whole else 0.0


def _ticks(values: Sequence[float]) -> tuple[Tick, ...]:
    """From a round number at or above the largest value down to zero, at most five steps."""
    largest = max(values, default=0) or 1
    step = _round_step(largest / MAX_TICK_STEPS)
    n_steps = math.ceil(largest / step)
    return tuple(Tick(value=step * i, y=_round(HEIGHT * (1 - i / n_steps))) for i in range(n_steps, -1, -1))


def _round_step(least: float) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50 ... at or above `least`: we count whole things."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if factor * power >= least:
                return factor * power
        power *= 10


def _path(means: Sequence[float | None], top: float) -> str:
    """An SVG path through the middles of the columns, broken where a mean is missing."""
    steps: list[str] = []
    pen_down = False
    for i, mean in enumerate(means):
        if mean is not None:
            steps.append(f"{'L' if pen_down else 'M'}{(i + 0.5) * SLOT:g} {_y(mean, top):g}")
        pen_down = mean is not None
    return " ".join(steps)


def _four_of(labels: Sequence[str]) -> tuple[str, ...]:
    last = len(labels) - 1
    return tuple(labels[round(i * last / 3)] for i in range(4))


def _even_edges(edges: Sequence[float]) -> tuple[float, ...]:
    """As many edges as fit, the two ends among them, the same number of bins apart."""
    n_bins = len(edges) - 1
    n_steps = next(n for n in range(min(n_bins, MAX_EDGE_STEPS), 0, -1) if n_bins % n == 0)
    return tuple(edges[:: n_bins // n_steps])


def _rise_evenly(edges: Sequence[float]) -> bool:
    step = (edges[-1] - edges[0]) / (len(edges) - 1)
    return step > 0 and all(math.isclose(b - a, step, rel_tol=1e-6) for a, b in pairwise(edges))


def _place(value: float, low: float, high: float, width: float = 100.0) -> float:
    share = (value - low) / (high - low)
    return _round(width * min(max(share, 0.0), 1.0))


def _y(value: float, top: float) -> float:
    return _round(HEIGHT * (1 - value / top))


def _height(value: float, top: float) -> float:
    return _round(HEIGHT - _y(value, top))


def _round(coordinate: float) -> float:
    return round(coordinate, 2)


def _refuse_negative(values: Sequence[float]) -> None:
    if any(value < 0 for value in values):
        raise ValueError("Bars start at zero: a value is negative.")
