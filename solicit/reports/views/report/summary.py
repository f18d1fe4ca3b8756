"""The first page of a report after its contents: what was asked, who took part, and what came first."""

from flask_babel import gettext as _

from solicit.calls.states import CallState
from solicit.reports.queries.report.model import Participation, Report, ReportRow, ReportRun, ThemePart
from solicit.reports.views.report.texts import (
    chance_words,
    count,
    interval_words,
    named,
    places,
    questions,
    text,
    theme_title,
    whole,
)
from solicit.web.counting import ngettext
from solicit.web.dates import utc_day
from solicit.web.documents.blocks import Block, Heading, PageBreak, Paragraph, Points, Words, own, words

# So many questions fit on the page, whatever the number of themes.
MOST_NAMED = 12


def summary(report: Report) -> tuple[Block, ...]:
    each = max(1, MOST_NAMED // max(1, len(report.parts)))
    several = len({run.kind for run in report.runs}) > 1
    return (
        Heading(1, text(_("Summary")), "summary"),
        Paragraph(_asked(report)),
        *(Paragraph(text(_judged(run))) for run in report.runs),
        Paragraph(text(how_to_read()), look="note"),
        *(block for part in report.parts for block in _theme(part, each, several)),
        PageBreak(),
    )


def how_to_read() -> str:
    return _(
        "Questions that share a range of places, such as 3–7, form one band: the evidence does not support an order "
        "inside it. An interval holds the true value nine times in ten. Intervals that overlap mean that the order is "
        "not clear."
    )


def _asked(report: Report) -> Words:
    call, took_part = report.call, report.participation
    said = (
        _open_days(report),
        ngettext("%(num)s submission came in.", "%(num)s submissions came in.", took_part.n_submissions),
        _where_from(took_part),
    )
    return words(_("This is what came of the call"), " “", own(call.title), "”. ", " ".join(said))


def _where_from(took_part: Participation) -> str:
    if took_part.bands is None:
        return ngettext(
            "Their first authors live in %(num)s country.",
            "Their first authors live in %(num)s countries.",
            took_part.n_countries,
        )
    return ngettext(
        "Their authors live in %(num)s country.", "Their authors live in %(num)s countries.", took_part.n_countries
    )


def _open_days(report: Report) -> str:
    """From when to when the call takes or took submissions."""
    call = report.call
    days = dict(opened=utc_day(call.opens_at), closed=utc_day(call.stops_at))
    if call.state is CallState.OPEN:
        return _("It is open from %(opened)s to %(closed)s.", **days)
    return _("It was open from %(opened)s to %(closed)s.", **days)


def _judged(run: ReportRun) -> str:
    numbers = dict(panelists=count(run.n_panelists), ratings=whole(run.n_ratings))
    said = [_("Panelists who judged: %(panelists)s. Ratings: %(ratings)s.", **numbers)]
    if run.n_comparisons:
        said.append(_("Comparisons of two: %(n)s.", n=whole(run.n_comparisons)))
    if run.n_ballots:
        said.append(_("Ballots: %(n)s.", n=whole(run.n_ballots)))
    return " ".join(said)


def _theme(part: ThemePart, most: int, several: bool) -> tuple[Block, ...]:
    title = words(*(own(run.text, run.lang, is_strong=True) for run in theme_title(part, several_kinds=several)))
    if not part.ranked:
        return (Paragraph((*title, *text(" · " + _("Nothing is ranked yet.")))),)
    shown = part.first_band[:most] if len(part.first_band) >= most else part.ranked[:most]
    lead = Paragraph((*title, *text(" · " + first_band_words(part))))
    return lead, Points(tuple(_point(row, part) for row in shown))


def first_band_words(part: ThemePart) -> str:
    """What the first band says, and what it leaves open; who is in conflict with the first question sees no place 1."""
    first, last = part.first_band[0].place_first, part.first_band[0].place_last
    total = questions(part, part.n_ranked)
    if first == last == 1:
        return _("One of %(total)s is clearly first.", total=total)
    if first == last:
        return _("The first of %(total)s that you may see has place %(place)s.", total=total, place=whole(first))
    return _(
        "Of %(total)s the first share the places %(places)s: the evidence does not support an order among them.",
        total=total,
        places=places(first, last),
    )


def _point(row: ReportRow, part: ThemePart) -> Words:
    sure = f"; {chance_words(row, part)}" if row.p_top_k is not None else ""
    return (*named(row), *text(f" · {interval_words(row)}{sure}"))
