"""Who took part, by day, theme, region and country."""

from collections.abc import Iterator

from flask_babel import format_date, format_percent
from flask_babel import gettext as _

from solicit.people.queries import country_name
from solicit.reports.queries.plots.arrivals import Day, ThemeShare
from solicit.reports.queries.publication.participation import CAREER, COUNTRY, LANGUAGE, Group
from solicit.reports.queries.report.model import Participation, Region, Report
from solicit.reports.views.bands import bands_in_words
from solicit.reports.views.report.tables import BAR_COLUMN, NUMBER_COLUMN
from solicit.reports.views.report.texts import bar_picture, text, whole
from solicit.web.charts import BarRow, bar_chart, bar_list, share_scale
from solicit.web.counting import ngettext
from solicit.web.dates import day
from solicit.web.documents.blocks import Block, Chart, Column, Heading, Paragraph, Picture, Table, own, words
from solicit.web.drawings import COLUMNS, columns_svg
from solicit.web.pages import current_language
from solicit.words import N_

HEADINGS = {COUNTRY: N_("Countries or regions"), CAREER: N_("What they do"), LANGUAGE: N_("Languages")}
TITLES = {
    COUNTRY: N_("Authors by country or region"),
    CAREER: N_("Authors by what they do"),
    LANGUAGE: N_("Authors by language"),
}


def participation(report: Report) -> Iterator[Block]:
    took_part = report.participation
    yield Heading(1, text(_("Who took part")), "participation")
    yield Paragraph(text(_how_counted(report)))
    if not took_part.n_submissions:
        return
    yield Heading(2, text(_("Was the call gaining pace?")), "participation-pace")
    yield _pace(took_part.days)
    yield Heading(2, text(_("Are the themes balanced?")), "participation-themes")
    yield _themes(took_part.shares)
    yield Heading(2, text(_("Who was reached, and who was not?")), "participation-countries")
    if took_part.bands is None:
        yield _regions(took_part)
    else:
        yield Paragraph(text(_why_in_bands()), look="small")
        yield from _bands(took_part.bands)


def _how_counted(report: Report) -> str:
    said = _("Submissions that were sent and not withdrawn by %(day)s (UTC).", day=day(report.as_of))
    if report.participation.bands is not None:
        return said
    return " ".join((said, _("Each counts once, for the country of its first author.")))


def _why_in_bands() -> str:
    in_ranges = _("Numbers are ranges, so that nobody can be told from the others by taking one number from another.")
    return " ".join((in_ranges, _("Authors of questions in which an organizer has a part are not counted.")))


def _pace(days: tuple[Day, ...]) -> Chart:
    labels = [format_date(each.day, "d MMM") for each in days]
    drawn = bar_chart(labels, [each.n for each in days], [each.mean for each in days])
    finding = ngettext(
        "%(num)s submission in the last 7 days shown, %(before)s in the 7 days before.",
        "%(num)s submissions in the last 7 days shown, %(before)s in the 7 days before.",
        sum(each.n for each in days[-7:]),
        before=whole(sum(each.n for each in days[-14:-7])),
    )
    return Chart(
        title=finding,
        subtitle=_("Submissions per day (UTC), and the mean of seven days as a line"),
        picture=Picture(columns_svg(drawn, [each.mean for each in days]), finding, *COLUMNS),
        ticks=tuple(whole(tick.value) for tick in drawn.ticks),
        labels=drawn.labels if len(drawn.labels) <= 12 else (labels[0], labels[-1]),
        table=_by_week(days),
    )


def _by_week(days: tuple[Day, ...]) -> Table:
    weeks = [days[n : n + 7] for n in range(0, len(days), 7)]
    rows = tuple((text(day(week[0].day)), text(whole(sum(each.n for each in week)))) for week in weeks)
    columns = (Column(_("Seven days from")), Column(_("Submissions"), points=NUMBER_COLUMN, is_number=True))
    return Table(_("Submissions per week"), columns, rows)


def _themes(shares: tuple[ThemeShare, ...]) -> Table:
    named = [share for share in shares if share.theme]
    even = 1 / len(named) if named else None
    bars = bar_list(
        [
            BarRow(
                label=share.theme.name if share.theme else _("No theme chosen"),
                value=share.share,
                text=format_percent(share.share),
                whole=share_scale([each.share for each in shares], even),
                mark=even if share.theme else None,
                theme=share.theme,
            )
            for share in shares
        ]
    )
    rows = tuple(
        (
            words(own(bar.label)) if share.theme else text(bar.label),
            text(whole(share.n)),
            text(bar.text),
            bar_picture(bar),
        )
        for share, bar in zip(shares, bars, strict=True)
    )
    columns = (
        Column(_("Theme")),
        Column(_("Submissions"), points=NUMBER_COLUMN, is_number=True),
        Column(_("Share"), points=NUMBER_COLUMN, is_number=True),
        Column(_("The mark is an even split"), points=BAR_COLUMN),
    )
    return Table(_("Submissions by theme"), columns, rows)


def _regions(took_part: Participation) -> Table:
    told = [region.n for region in took_part.regions]
    names = [_(region.name) if region.name else _("No country given") for region in took_part.regions]
    bars = bar_list([BarRow(label=name, value=n, text=whole(n)) for name, n in zip(names, told, strict=True)])
    rows = tuple(
        (
            text(name),
            text(_countries(region)),
            text(whole(region.n)),
            bar_picture(bar),
        )
        for region, name, bar in zip(took_part.regions, names, bars, strict=True)
    )
    columns = (
        Column(_("Region"), share=2),
        Column(_("Countries"), share=4),
        Column(_("Submissions"), points=NUMBER_COLUMN, is_number=True),
        Column(_("In comparison"), points=BAR_COLUMN),
    )
    return Table(_("Submissions by region and country"), columns, rows)


def _countries(region: Region) -> str:
    """The countries of a region with their numbers."""
    locale = current_language()
    named = (each for each in region.countries if each.name)
    return ", ".join(_("%(country)s %(n)s", country=country_name(each.name, locale), n=whole(each.n)) for each in named)


def _bands(told: tuple[Group, ...]) -> Iterator[Table]:
    """The names of the groups in each band, in a table for each way of counting people."""
    for name, parts in bands_in_words(told, current_language()).items():
        if parts:
            rows = tuple((text(_range(band)), text(" · ".join(names))) for band, names in parts)
            columns = (Column(_("Authors")), Column(_(HEADINGS[name]), share=4))
            yield Table(_(TITLES[name]), columns, rows)


def _range(band: Group) -> str:
    if band.is_small:
        return _("fewer than 3")
    if band.most is None:
        return _("%(n)s or more", n=whole(band.least))
    return _("%(first)s–%(last)s", first=whole(band.least), last=whole(band.most))
