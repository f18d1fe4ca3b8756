"""Drawing the judging: will the panels finish, which questions lack ratings, how severe are panelists."""

from flask import url_for
from flask_babel import format_decimal, format_percent
from flask_babel import gettext as _

from solicit.reports.queries.columns import Column
from solicit.reports.queries.plots.judging import (
    FEWEST_RATINGS,
    PanelPace,
    RatingsPerQuestion,
    Reviewing,
    SeverityOfRound,
)
from solicit.reports.views.plots.plot import IntervalChart, IntervalRow, Plot, PlotFile
from solicit.web.charts import BarRow, bar_list, histogram, interval_row
from solicit.web.counting import ngettext
from solicit.web.pages import Link

SMALLEST_SCALE = 0.5


def draw_panels(reviewing: Reviewing) -> Plot:
    """One bar per panel, each on the scale of its own reviews; the mark is today."""
    panels = reviewing.panels
    behind = [panel for panel in panels if panel.is_behind]
    finding = _("This plot appears when a round is open.")
    if panels:
        finding = _("Every panel keeps up with the time.")
    if behind:
        finding = ngettext("%(num)s panel is behind.", "%(num)s panels are behind.", len(behind))
    return Plot(
        title=_("Will the panels finish in time?"),
        subtitle=_("Reviews done in open rounds; the mark shows where each panel should be today"),
        finding=finding,
        picture=bar_list([_panel_bar(panel) for panel in panels]) or None,
        heads=(_("Panel"), _("Reviews done"), _("Reviews in all"), _("Should be done today")),
        rows=tuple(
            (panel.name, format_decimal(panel.n_done), format_decimal(panel.n_assigned), format_percent(panel.due))
            for panel in panels
        ),
        link=Link(_("Panels"), url_for("panels.desk")) if panels else None,
    )


def _panel_bar(panel: PanelPace) -> BarRow:
    done, in_all = format_decimal(panel.n_done), format_decimal(panel.n_assigned)
    return BarRow(
        label=panel.name,
        value=panel.n_done,
        text=_("%(done)s of %(total)s", done=done, total=in_all),
        note=_("behind") if panel.is_behind else "",
        whole=panel.n_assigned,
        mark=panel.due * panel.n_assigned,
        behind=panel.is_behind,
    )


def draw_reviews(ratings: RatingsPerQuestion) -> Plot:
    counts = ratings.counts
    heads = (_("Ratings"), _("Questions"))
    title = _("Which questions have too few reviews?")
    subtitle = _("Questions by their number of ratings; %(most)s stands for more, too", most=len(counts) - 1)
    if not any(counts):
        return Plot(title, subtitle, _("This plot appears when a round has opened."), None)
    return Plot(
        title=title,
        subtitle=subtitle,
        finding=ngettext(
            "%(num)s question has fewer than %(fewest)s ratings.",
            "%(num)s questions have fewer than %(fewest)s ratings.",
            ratings.n_short,
            fewest=FEWEST_RATINGS,
        ),
        picture=histogram(range(len(counts) + 1), counts, mark=FEWEST_RATINGS),
        heads=heads,
        rows=tuple((format_decimal(n), format_decimal(count)) for n, count in enumerate(counts)),
        mark_label=_("%(fewest)s ratings, from which on a question is ranked", fewest=FEWEST_RATINGS),
        link=Link(_("Find them"), url_for("reports.search", q=f"reviews<{FEWEST_RATINGS}")),
    )


def draw_severity(severity: SeverityOfRound) -> Plot:
    title = _("Does a reviewer need a calibration talk?")
    subtitle = _(
        "How far each panelist rates below (−) or above (+) the others, with the %(share)s interval",
        share=format_percent(0.9),
    )
    if severity.is_hidden:
        return Plot(title, subtitle, _("Fewer than 3 panelists rated: their values would name them."), None)
    if not severity.panelists:
        return Plot(title, subtitle, _("This plot appears when a round has closed and its panel was measured."), None)
    apart = sum(not row.low <= 0 <= row.high for row in severity.panelists)
    widest = max([SMALLEST_SCALE, *(max(abs(row.low), abs(row.high)) for row in severity.panelists)])
    rows = tuple(
        IntervalRow(
            label=_("Panelist %(n)s", n=format_decimal(row.place)),
            text="",
            language="",
            drawn=interval_row(row.low, row.mid, row.high, -widest, widest),
            words=_signed(row.mid),
        )
        for row in severity.panelists
    )
    return Plot(
        title=title,
        subtitle=subtitle,
        finding=ngettext(
            "%(num)s panelist of “%(round)s” stands apart from the others; the ranking takes that out.",
            "%(num)s panelists of “%(round)s” stand apart from the others; the ranking takes that out.",
            apart,
            round=severity.round_name,
        ),
        picture=IntervalChart(rows, -widest, widest),
        heads=(_("Panelist"), _("Severity"), _("From"), _("To")),
        rows=tuple(
            (row.label, *map(_signed, (each.mid, each.low, each.high)))
            for row, each in zip(rows, severity.panelists, strict=True)
        ),
        link=Link(_("Health of the panel"), url_for("panels.health", round_id=severity.round_id)),
    )


def _signed(value: float) -> str:
    return format_decimal(value, "+0.00;−0.00")


PER_PANEL = PlotFile(
    (
        Column("panel", "text", "Name of the panel"),
        Column("reviews_done", "integer", "Reviews sent in rounds that are open"),
        Column("reviews", "integer", "Reviews asked for in rounds that are open"),
        Column("due", "number", "Part of the time between opening and close that has passed"),
    ),
    lambda reviewing: [(each.name, each.n_done, each.n_assigned, each.due) for each in reviewing.panels],
)
PER_RATINGS = PlotFile(
    (
        Column("ratings", "integer", "Number of ratings in first rounds; the last row stands for more, too"),
        Column("questions", "integer", "Questions in scope with so many ratings"),
    ),
    lambda ratings: list(enumerate(ratings.counts)),
)
PER_PANELIST = PlotFile(
    (
        Column("panelist", "integer", "Place of the panelist, 1 for the strictest; says nothing of who it is"),
        Column("severity", "number", "Points above the others on the same questions; below 0 is strict"),
        Column("low", "number", "5 % quantile"),
        Column("high", "number", "95 % quantile"),
    ),
    lambda severity: [(row.place, row.mid, row.low, row.high) for row in severity.panelists],
)
