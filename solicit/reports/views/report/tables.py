"""The tables of questions in a report."""

from collections.abc import Iterable

from flask_babel import gettext as _

from solicit.reports.queries.report.model import ReportRow, ThemePart
from solicit.reports.views.report.texts import chance, interval_picture, named, places, text, value, whole
from solicit.web.documents.blocks import Cell, Column, Table


def ranked_table(part: ThemePart, rows: Iterable[ReportRow], *, is_staff: bool, title: str) -> Table:
    """Ranked questions with their value, interval, places and, for staff, the chance of being among the first."""
    columns = [
        Column(_("Places"), is_number=True),
        Column(_("Question"), share=1),
        Column(_("Score"), is_number=True),
        Column(_("90%% interval, from 1 to 5")),
        Column(_("Ratings"), is_number=True),
    ]
    if is_staff:
        columns.append(Column(_("Among the first %(k)s", k=whole(part.k)), is_number=True))
    cells = tuple(_ranked(row, part, is_staff) for row in rows)
    return Table(title, tuple(columns), cells, header=1)


def unranked_table(rows: Iterable[ReportRow], *, k: int, title: str) -> Table:
    """Questions without a place, for staff alone."""
    columns = (
        Column(_("Question"), share=1),
        Column(_("Ratings"), is_number=True),
        Column(_("Plain mean"), is_number=True),
        Column(_("Among the first %(k)s", k=whole(k)), is_number=True),
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


def _ranked(row: ReportRow, part: ThemePart, is_staff: bool) -> tuple[Cell, ...]:
    sure = (text(chance(row.p_top_k)),) if is_staff else ()
    return (
        text(places(row.place_first, row.place_last)),
        named(row),
        text(value(row.mean)),
        interval_picture(row, part),
        text(whole(row.n_ratings)),
        *sure,
    )
