"""Pictures of the charts' geometry as SVG that needs no style sheet: for documents, and pages that show the same.

Sizes are in points. No words are in a picture: they stand beside it, where they keep their size.
"""

from collections.abc import Sequence

from markupsafe import Markup

from solicit.web.charts import PLAIN_PAINT, ColumnChart, DrawnBar, Interval
from solicit.web.text import our_markup

INTERVAL = (74.0, 11.0)
BAR = (110.0, 8.0)
COLUMNS = (450.0, 105.0)
GRID, INK, TRACK, PALE = "#d5dce5", "#14202e", "#eceff4", "#8fa9cf"


def interval_svg(row: Interval, paint: str = PLAIN_PAINT) -> Markup:
    """A value with its interval; the scale runs from left to right in every language."""
    width, height = INTERVAL
    low, mid, high = (_share(x, width) for x in (row.x_low, row.x_mid, row.x_high))
    return _svg(
        INTERVAL,
        *(_line(_share(x, width), 0, _share(x, width), height, GRID, 0.5) for x in row.grid),
        _line(low, height / 2, high, height / 2, paint, 1.6),
        _line(mid, 1.5, mid, height - 1.5, paint, 1.6),
    )


def bar_svg(bar: DrawnBar, *, is_rtl: bool) -> Markup:
    """A bar from zero, which grows from where a line begins."""
    width, height = BAR
    length = _share(bar.length or 0.0, width)
    marks = [] if bar.mark is None else [_share(bar.mark, width)]
    if is_rtl:
        marks = [width - x for x in marks]
    return _svg(
        BAR,
        _rect(0, 0, width, height, TRACK),
        _rect(width - length if is_rtl else 0, 0, length, height, bar.paint),
        *(_line(x, 0, x, height, INK, 1) for x in marks),
    )


def columns_svg(chart: ColumnChart, line: Sequence[float | None]) -> Markup:
    """Upright bars and the line of means; time runs from left to right in every language."""
    width, height = COLUMNS
    x, y = width / chart.width, height / chart.height
    top = chart.ticks[0].value
    slot = width / len(chart.columns)
    points = [None if mean is None else ((n + 0.5) * slot, height * (1 - mean / top)) for n, mean in enumerate(line)]
    return _svg(
        COLUMNS,
        *(_line(0, tick.y * y, width, tick.y * y, GRID, 0.5) for tick in chart.ticks),
        *(_rect(c.x * x, c.y * y, c.width * x, c.height * y, PALE) for c in chart.columns),
        *(_line(*one, *other, INK, 1) for one, other in zip(points, points[1:], strict=False) if one and other),
    )


def _svg(size: tuple[float, float], *marks: str) -> Markup:
    width, height = size
    box = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" preserveAspectRatio="none"'
    return our_markup(f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{"".join(marks)}</svg>')


def _rect(x: float, y: float, width: float, height: float, paint: str) -> str:
    return f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" fill="{paint}"/>'


def _line(x1: float, y1: float, x2: float, y2: float, paint: str, thickness: float) -> str:
    ends = f'x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}"'
    return f'<line {ends} stroke="{paint}" stroke-width="{thickness:g}"/>'


def _share(percent: float, width: float) -> float:
    return percent / 100 * width


def _n(number: float) -> str:
    return f"{round(number, 2):g}"
