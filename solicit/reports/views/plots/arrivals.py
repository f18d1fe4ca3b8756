"""Drawing what arrived: is the call gaining pace, who is not reached, are the themes balanced."""

from flask_babel import format_date, format_decimal, format_percent
from flask_babel import gettext as _

from solicit.people.queries import country_name
from solicit.reports.queries.columns import Column
from solicit.reports.queries.plots.arrivals import Arrivals, Country, Day, ThemeShare
from solicit.reports.views.plots.plot import Plot, PlotFile
from solicit.web.charts import BarRow, bar_chart, bar_list, share_scale
from solicit.web.counting import ngettext
from solicit.web.pages import current_language

COUNTRIES_SHOWN = 10
SPARSE_THEME = 0.5


def draw_pace(arrivals: Arrivals) -> Plot:
    days = arrivals.days
    labels = [format_date(day.day, "d MMM") for day in days]
    return Plot(
        title=_("Is the call gaining pace?"),
        subtitle=_("Submissions per day, with the 7-day mean as a line"),
        finding=_pace_finding(days),
        picture=bar_chart(labels, [day.n for day in days], [day.mean for day in days]) if days else None,
        heads=(_("Day"), _("Submissions"), _("7-day mean")),
        rows=tuple((label, format_decimal(day.n), _mean(day)) for label, day in zip(labels, days, strict=True)),
    )


def _mean(day: Day) -> str:
    return "–" if day.mean is None else format_decimal(day.mean, "#,##0.0")


def _pace_finding(days: tuple[Day, ...]) -> str:
    if not days:
        return _("This plot appears with the first submission.")
    last_week = sum(day.n for day in days[-7:])
    before = sum(day.n for day in days[-14:-7])
    return ngettext(
        "%(num)s submission in the last 7 days shown, %(before)s in the 7 days before.",
        "%(num)s submissions in the last 7 days shown, %(before)s in the 7 days before.",
        last_week,
        before=format_decimal(before),
    )


def draw_countries(countries: tuple[Country, ...]) -> Plot:
    countries = tuple(each for each in countries if each.n)
    named = [each for each in countries if each.code]
    return Plot(
        title=_("Who is not being reached?"),
        subtitle=_("Submissions by country or region of the first author"),
        finding=_countries_finding(named),
        picture=bar_list(_first_and_others(countries)) or None,
        heads=(_("Country or region"), _("Submissions")),
        rows=tuple((_country(each), format_decimal(each.n)) for each in countries),
    )


def _country(each: Country) -> str:
    return country_name(each.code, current_language()) if each.code else _("Not said")


def _first_and_others(countries: tuple[Country, ...]) -> list[BarRow]:
    """The first ones on one scale; all others together, and who did not say, are no country and stand apart from it."""
    named = [each for each in countries if each.code]
    others = named[COUNTRIES_SHOWN:]
    rows = [BarRow(_country(each), each.n, format_decimal(each.n)) for each in named[:COUNTRIES_SHOWN]]
    apart = [(_country(each), each.n) for each in countries if not each.code]
    if others:
        together = ngettext("%(num)s other", "%(num)s others together", len(others))
        apart.insert(0, (together, sum(each.n for each in others)))
    return rows + [BarRow(label, n, format_decimal(n), is_apart=True) for label, n in apart]


def _countries_finding(named: list[Country]) -> str:
    if not named:
        return _("This plot appears when the first author says where they work.")
    share = format_percent(sum(each.n for each in named[:3]) / sum(each.n for each in named))
    return ngettext(
        "From %(num)s country or region.",
        "From %(num)s countries and regions; the first three send %(share)s.",
        len(named),
        share=share,
    )


def draw_themes(shares: tuple[ThemeShare, ...]) -> Plot:
    """One bar per theme; the mark is an even split."""
    themes = [each for each in shares if each.theme]
    even = 1 / len(themes) if themes else None
    bars = [
        BarRow(
            label=_theme(each),
            value=each.share,
            text=format_percent(each.share),
            whole=share_scale([each.share for each in shares], even),
            mark=even if each.theme else None,
            theme=each.theme,
        )
        for each in shares
    ]
    return Plot(
        title=_("Are the themes balanced?"),
        subtitle=_("Share of submissions; the mark shows an even split"),
        finding=_themes_finding(themes, even),
        picture=bar_list(bars) if any(each.n for each in shares) else None,
        heads=(_("Theme"), _("Submissions"), _("Share")),
        rows=tuple((_theme(each), format_decimal(each.n), format_percent(each.share)) for each in shares),
    )


def _theme(each: ThemeShare) -> str:
    return each.theme.name if each.theme else _("No theme chosen")


def _themes_finding(themes: list[ThemeShare], even: float | None) -> str:
    if not any(each.n for each in themes):
        return _("This plot appears with the first submission.")
    least = min(themes, key=lambda each: each.share)
    if least.share < SPARSE_THEME * even:
        return _("“%(theme)s” has less than half of an even share.", theme=least.theme.name)
    return _("Every theme has at least half of an even share.")


PER_DAY = PlotFile(
    (
        Column("day", "date", "Day, UTC"),
        Column("submissions", "integer", "Submissions sent on that day and not withdrawn"),
        Column("mean_7_days", "number", "Mean of this and the six days before"),
    ),
    lambda arrivals: [(day.day.isoformat(), day.n, day.mean) for day in arrivals.days],
)
PER_COUNTRY = PlotFile(
    (
        Column("country", "text", "Country or region of the first author, ISO 3166-1; empty if not said"),
        Column("submissions", "integer", "Submissions sent and not withdrawn"),
    ),
    lambda countries: [(each.code, each.n) for each in countries if each.n],
)
PER_THEME = PlotFile(
    (
        Column("theme_key", "text", "Short key of the theme; empty if none was chosen"),
        Column("theme", "text", "Name of the theme"),
        Column("submissions", "integer", "Submissions sent and not withdrawn"),
        Column("share", "number", "Part of all submissions"),
    ),
    lambda shares: [(s.theme and s.theme.key, s.theme and s.theme.name, s.n, s.share) for s in shares],
)
