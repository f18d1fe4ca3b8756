"""Drawing what came out: which order is really supported, and is one more seat worth it."""

from flask import url_for
from flask_babel import format_decimal, format_percent
from flask_babel import gettext as _

from solicit.reports.queries.columns import Column
from solicit.reports.queries.plots.results import FIRST, FirstQuestions, SeatsCurve
from solicit.reports.views.plots.plot import IntervalChart, IntervalRow, Plot, PlotFile
from solicit.web.charts import BarRow, bar_list, interval_row
from solicit.web.counting import ngettext
from solicit.web.pages import Link

SCALE = (1, 5)


def draw_intervals(first: FirstQuestions) -> Plot:
    title = _("Which order is really supported?")
    subtitle = _("Scores with their 90%% interval, the first %(n)s of each theme", n=FIRST)
    if not first.rows:
        return Plot(title, subtitle, _("This plot appears when a ranking is frozen."), None)
    rows = tuple(
        IntervalRow(
            row.label, row.title, row.language, interval_row(row.low, row.mean, row.high, *SCALE), _two(row.mean)
        )
        for row in first.rows
    )
    return Plot(
        title=title,
        subtitle=subtitle,
        finding=ngettext(
            "These %(shown)s questions stand in %(num)s band: no order among them is supported.",
            "These %(shown)s questions stand in %(num)s bands: within a band no order is supported.",
            first.n_bands,
            shown=format_decimal(len(rows)),
        ),
        picture=IntervalChart(rows, *SCALE),
        heads=(_("Question"), _("Theme"), _("Places"), _("Score"), _("From"), _("To")),
        rows=tuple(
            (
                row.label,
                row.theme.name if row.theme else "",
                f"{format_decimal(row.place_first)}–{format_decimal(row.place_last)}",
                *map(_two, (row.mean, row.low, row.high)),
            )
            for row in first.rows
        ),
        link=Link(_("The whole ranking"), url_for("rankings.page", run_id=first.run_id)),
    )


def _two(value: float) -> str:
    return format_decimal(value, "0.00")


def draw_seats(curve: SeatsCurve | None) -> Plot:
    title, subtitle = _("Is one more seat worth it?"), _("Value of the best selection by the number of seats")
    if curve and curve.value is None:
        return Plot(title, subtitle, _("It is not told to you, because a candidate is not shown to you."), None)
    if curve is None or curve.gained_by_one is None:
        return Plot(title, subtitle, _("This plot appears when invitees were selected and the limits priced."), None)
    rows = [(label, curve.value + gained) for label, gained in _steps(curve)]
    return Plot(
        title=title,
        subtitle=subtitle,
        finding=_seats_finding(curve),
        picture=bar_list([BarRow(label, value, format_decimal(value)) for label, value in rows]),
        heads=(_("Seats"), _("Value")),
        rows=tuple((label, format_decimal(value)) for label, value in rows),
        link=Link(_("The selection"), url_for("invitations.page", selection_id=curve.selection_id)),
    )


def _steps(curve: SeatsCurve) -> list[tuple[str, int]]:
    def seats(n: int) -> str:
        return ngettext("%(num)s seat", "%(num)s seats", n)

    steps = [(seats(curve.n_places), 0), (seats(curve.n_places + 1), curve.gained_by_one)]
    if curve.gained_without_limit is not None:
        steps.append((_("As many seats as people"), curve.gained_without_limit))
    return steps


def _seats_finding(curve: SeatsCurve) -> str:
    if not curve.gained_by_one:
        return _("One more seat adds nothing: other limits bind.")
    share = format_percent(curve.gained_by_one / curve.value, "0.0%") if curve.value else "–"
    return _("One more seat adds %(gained)s (%(share)s).", gained=format_decimal(curve.gained_by_one), share=share)


PER_QUESTION = PlotFile(
    (
        Column("question", "text", "Number of the question"),
        Column("title", "text", "Title as panels read it"),
        Column("theme_key", "text", "Short key of its theme"),
        Column("place_first", "integer", "First of the places that it may have"),
        Column("place_last", "integer", "Last of the places that it may have"),
        Column("score", "number", "Mean on the scale of the criteria"),
        Column("low", "number", "5 % quantile"),
        Column("high", "number", "95 % quantile"),
    ),
    lambda first: [
        (q.label, q.title, q.theme and q.theme.key, q.place_first, q.place_last, q.mean, q.low, q.high)
        for q in first.rows
    ],
)
PER_SEATS = PlotFile(
    (
        Column("seats", "text", "Number of seats; “unlimited” for as many as people"),
        Column("value", "integer", "Merit and coverage of the best selection"),
    ),
    lambda curve: _seat_cells(curve) if curve and curve.value is not None else [],
)


def _seat_cells(curve: SeatsCurve) -> list[tuple]:
    gains = ((curve.n_places, 0), (curve.n_places + 1, curve.gained_by_one), ("unlimited", curve.gained_without_limit))
    return [(seats, curve.value + gained) for seats, gained in gains if gained is not None]
