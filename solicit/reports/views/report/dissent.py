"""Dissent and minority priorities in a theme: what a mean would hide."""

from collections.abc import Iterator

from flask_babel import gettext as _

from solicit.reports.queries.report.model import Audience, ReportRow, ThemePart
from solicit.reports.views.report.tables import NUMBER_COLUMN
from solicit.reports.views.report.texts import count, named, places, table_title, text, whole
from solicit.web.documents.blocks import Block, Column, Heading, Paragraph, Points, Table, Words


def dissent(part: ThemePart, audience: Audience, anchor: str) -> Iterator[Block]:
    yield Heading(2, text(_("Dissent and minority priorities")), f"{anchor}-dissent")
    if not audience.is_staff:
        yield Points(tuple(text(each) for each in _in_numbers(part)))
        return
    points = (*map(_divided, part.divided), *map(_priority, part.priorities))
    if points:
        yield Points(points)
    else:
        yield Paragraph(text(_("The panel is divided on no question, and no group has a priority of its own.")))
    moved = [row for row in part.ranked if _moves_among_groups(row, part)]
    if moved:
        said = _(
            "Where every group of panelists weighs the same, these questions would enter or leave the first %(k)s:",
            k=whole(part.k),
        )
        yield Paragraph(text(said))
        yield _by_groups(moved, part)


def _in_numbers(part: ThemePart) -> tuple[str, str]:
    """The public learns how many, not which: the ratings of a few panelists are behind each of them."""
    return (
        _("Questions on which the panel is divided, with many ratings at both ends: %(n)s.", n=count(part.n_divided)),
        _(
            "Questions that one part of the world puts among its first five, though not all do: %(n)s.",
            n=count(part.n_priorities),
        ),
    )


def _divided(row: ReportRow) -> Words:
    if row.tails is None:
        said = _("The panel is divided: more than a quarter of the ratings lie at each end of the scale.")
    else:
        said = _(
            "The panel is divided: of %(n)s ratings %(low)s are 2 or less and %(high)s are 4 or more.",
            n=whole(row.n_ratings),
            low=whole(row.tails.n_low),
            high=whole(row.tails.n_high),
        )
    return (*named(row), *text(f" · {said}"))


def _priority(row: ReportRow) -> Words:
    groups = ", ".join(_(name) for name in row.priority_of_groups)
    said = _("Among the first five of these groups of panelists, though not of all: %(groups)s.", groups=groups)
    return (*named(row), *text(f" · {said}"))


def _moves_among_groups(row: ReportRow, part: ThemePart) -> bool:
    """Whether a question is surely on one side of the announced places, and on the other one by groups."""
    if row.place_by_groups is None:
        return False
    would_be = row.place_by_groups <= part.k
    return (row.place_last <= part.k and not would_be) or (row.place_first > part.k and would_be)


def _by_groups(rows: list[ReportRow], part: ThemePart) -> Table:
    columns = (
        Column(_("Question")),
        Column(_("Places"), points=NUMBER_COLUMN, is_number=True),
        Column(_("Place by groups"), points=NUMBER_COLUMN, is_number=True),
    )
    cells = (
        (named(row), text(places(row.place_first, row.place_last)), text(whole(row.place_by_groups))) for row in rows
    )
    return Table(table_title(_("Places where every group weighs the same"), part), columns, tuple(cells))
