"""Geometry of a reliability plot: what was promised against what came true, both from 0 to 1."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

SIZE = 100.0
GRID = (0.0, 0.25, 0.5, 0.75, 1.0)


class Promise(Protocol):
    """Cases that were promised alike, and the share of them that came true, with where that share may lie."""

    mean_probability: float
    share_same: float
    interval_low: float
    interval_high: float


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    y_low: float
    y_high: float


@dataclass(frozen=True)
class ReliabilityPlot:
    """Points and their intervals; the perfect ones lie on the line from bottom to top."""

    points: tuple[Point, ...]
    grid: tuple[float, ...]
    size: float = SIZE


def reliability_plot(promises: Iterable[Promise]) -> ReliabilityPlot:
    points = (
        Point(
            x=_along(each.mean_probability),
            y=_up(each.share_same),
            y_low=_up(each.interval_low),
            y_high=_up(each.interval_high),
        )
        for each in promises
    )
    return ReliabilityPlot(tuple(points), tuple(_up(value) for value in GRID))


def _along(share: float) -> float:
    return round(SIZE * share, 2)


def _up(share: float) -> float:
    return round(SIZE * (1 - share), 2)
