"""Geometry of the map without script: points of the unit square in, frozen places out.

Words and the SVG itself belong to templates/topics/_map.html. Everything is in percent of the picture, so that it
may stretch while its letters keep their size.
"""

import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Point = tuple[float, float]

MARGIN = 0.04
LEAST_RADIUS, MOST_RADIUS = 4.0, 22.0

# A label beyond this many letters would cover the map.
LONGEST_LABEL = 40
LETTER, WIDE_LETTER, LINE = 8.0, 15.0, 20.0  # pixels
WIDE_PICTURE, NARROW_PICTURE = (760.0, 475.0), (290.0, 290.0)


@dataclass(frozen=True)
class Label:
    """A text at a place, and whether it is free of others on a wide and on a narrow picture."""

    text: str
    x: float
    y: float
    fits_wide: bool
    fits_narrow: bool


def percent(point: Point) -> Point:
    """Where a point of the unit square stands in the picture."""
    return round(_inside(point[0]) * 100, 1), round(_inside(point[1]) * 100, 1)


def middle_of(values: Iterable[float]) -> float:
    """The median; of an even number the upper one, so that it is one of the values."""
    ordered = sorted(values)
    return ordered[len(ordered) // 2]


def radius(n: int, largest: int, most: float = MOST_RADIUS) -> float:
    """Of a circle whose area speaks for ``n``, in pixels."""
    return round(max(LEAST_RADIUS, most * math.sqrt(n / max(largest, 1))), 1)


def free_labels(named: Sequence[tuple[str, Point]]) -> tuple[Label, ...]:
    """Labels, the important first; one that would touch an earlier one, or the edge, is not free."""
    wide, narrow = _free(named, *WIDE_PICTURE), _free(named, *NARROW_PICTURE)
    return tuple(
        Label(shortened(text), *percent(point), place in wide, place in narrow)
        for place, (text, point) in enumerate(named)
    )


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1].rstrip(" ,") + "…"


def _free(named: Sequence[tuple[str, Point]], width: float, height: float) -> frozenset[int]:
    taken: list[tuple[float, float, float, float]] = []
    free = set()
    for place, (text, (x, y)) in enumerate(named):
        half = _text_width(shortened(text)) / 2
        left, right = _inside(x) * width - half, _inside(x) * width + half
        top = _inside(y) * height - LINE / 2
        box = (left, right, top, top + LINE)
        if left >= 0 and right <= width and not any(_touch(box, other) for other in taken):
            taken.append(box)
            free.add(place)
    return frozenset(free)


def _touch(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]


def _text_width(text: str) -> float:
    return sum(WIDE_LETTER if unicodedata.east_asian_width(letter) in "WF" else LETTER for letter in text)


def _inside(share: float) -> float:
    return MARGIN + share * (1 - 2 * MARGIN)
