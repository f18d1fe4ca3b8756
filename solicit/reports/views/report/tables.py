"""The tables of questions in a report."""

from collections.abc import Iterable

from flask_babel import format_percent
from flask_babel import gettext as _

from solicit.reports.queries.report.model import ReportRow, ThemePart
from solicit.reports.views.report.texts import (
    SCALE,
    interval,
    interval_picture,
    named,
    places,
    text,
    value,
    whole,
)
from solicit.web.documents.blocks import Cell, Column, Table, own, words
from solicit.web.drawings import BAR, INTERVAL
from solicit.web.words import chance

# Widths in points.
NUMBER = 38.0
NUMBER_COLUMN = 60.0
PICTURE = INTERVAL[0] + 8
BAR_COLUMN = BAR[0] + 8


def ranked_table(
    part: ThemePart, rows: Iterable[ReportRow], *, is_staff: bool, title: str, is_drawn: bool = True
) -> Table:
    """Ranked questions with their value, interval, places and, for staff, the chance of being among the first."""
    low, high = map(whole, SCALE)
    drawn = Column(_("on the scale from %(low)s to %(high)s", low=low, high=high), points=PICTURE)
    columns = [
        Column(_("Places"), points=NUMBER, is_number=True),
        Column(_("Question")),
        Column(_("Score"), points=NUMBER, is_number=True),
        Column(_("%(share)s interval", share=format_percent(0.9)), points=NUMBER_COLUMN, is_number=True),
        *((drawn,) if is_drawn else ()),
        Column(_("Ratings"), points=NUMBER, is_number=True),
    ]
    if is_staff:
        columns.append(_chance_column(part.k))
    return Table(title, tuple(columns), tuple(_ranked(row, part, is_staff, is_drawn) for row in rows), header=1)


def unranked_table(rows: Iterable[ReportRow], *, k: int, title: str) -> Table:
    """Questions without a place, for staff alone."""
    columns = (
        Column(_("Question")),
        Column(_("Ratings"), points=NUMBER, is_number=True),
        Column(_("Plain mean"), points=NUMBER, is_number=True),
        _chance_column(k),
    )
    cells = (
        (
            named(row),
            text(whole(row.n_ratings)),
            text("–" if row.plain_mean is None else value(row.plain_mean)),
            text(chance(row.p_top_k)),
        )
        for row in rows
    )
    return Table(title, columns, tuple(cells))


def _chance_column(k: int) -> Column:
    return Column(_("Among the first %(k)s", k=whole(k)), points=NUMBER_COLUMN, is_number=True)


def _ranked(row: ReportRow, part: ThemePart, is_staff: bool, is_drawn: bool) -> tuple[Cell, ...]:
    sure = (text(chance(row.p_top_k)),) if is_staff else ()
    return (
        words(own(places(row.place_first, row.place_last), "en")),
        named(row),
        text(value(row.mean)),
        words(own(interval(row), "en")),
        *((interval_picture(row, part),) if is_drawn else ()),
        text(whole(row.n_ratings)),
        *sure,
    )
