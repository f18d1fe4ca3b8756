"""A plot as the page shows it and as its file holds it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from solicit.reports.queries.columns import Column
from solicit.web.charts import ColumnChart, DrawnBar, Histogram, Interval
from solicit.web.csv import Cell
from solicit.web.pages import Link


@dataclass(frozen=True)
class IntervalRow:
    """One value with its interval, and how people read it."""

    label: str
    text: str
    language: str
    drawn: Interval
    words: str


@dataclass(frozen=True)
class IntervalChart:
    rows: tuple[IntervalRow, ...]
    low: float
    high: float


@dataclass(frozen=True)
class Plot:
    """A question, what is drawn to answer it, and what it says: without a picture, when there will be one.

    rows: the cells under ``heads`` as people read them. link: where something can be done about it.
    """

    title: str
    subtitle: str
    finding: str
    picture: ColumnChart | Histogram | IntervalChart | tuple[DrawnBar, ...] | None
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    mark_label: str = ""
    link: Link | None = None

    @property
    def kind(self) -> str:
        """Which macro draws it."""
        kinds = {ColumnChart: "columns", Histogram: "histogram", IntervalChart: "intervals", tuple: "bars"}
        return kinds.get(type(self.picture), "nothing")


@dataclass(frozen=True)
class PlotFile:
    """The numbers of a plot as a table for programs."""

    columns: tuple[Column, ...]
    cells: Callable[[object], Sequence[tuple[Cell, ...]]]
