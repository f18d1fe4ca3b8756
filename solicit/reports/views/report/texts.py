"""How a report writes numbers, places and the questions themselves, in the current language."""

from flask_babel import format_decimal
from flask_babel import gettext as _

from solicit.calls.states import Kind
from solicit.reports.queries.report.model import Count, ReportRow, ThemePart
from solicit.web.charts import PAINT, PLAIN_PAINT, DrawnBar, interval_row
from solicit.web.counting import ngettext
from solicit.web.documents.blocks import Picture, Words, own, words
from solicit.web.drawings import BAR, INTERVAL, bar_svg, interval_svg
from solicit.web.pages import current_language, direction
from solicit.web.words import chance

SCALE = (1, 5)


def value(number: float) -> str:
    return format_decimal(number, "0.00")


def whole(n: int) -> str:
    return format_decimal(n)


def count(n: Count) -> str:
    """A number, or that it is too small to be told."""
    return _("fewer than 3") if n is None else whole(n)


def chance_words(row: ReportRow, part: ThemePart) -> str:
    """How sure it is that a question is among the places that the call announces."""
    return _(
        "among the first %(k)s: %(word)s (%(chance)s)",
        k=whole(part.k),
        word=_(row.chance_word),
        chance=chance(row.p_top_k),
    )


def places(first: int, last: int) -> str:
    return whole(first) if first == last else _("%(first)s–%(last)s", first=whole(first), last=whole(last))


def theme_title(part: ThemePart, *, several_kinds: bool) -> Words:
    """The name of a theme, with the kind where a report is about both."""
    name = own(part.theme.name)
    if not several_kinds:
        return words(name)
    return words(name, ": ", _("exploration plans") if part.run.kind is Kind.PLAN else _("scientific questions"))


def table_title(what: str, part: ThemePart) -> str:
    """A title that no other table of the report has."""
    return " · ".join((what, part.theme.name, _("run %(id)s", id=part.run.id)))


def questions(part: ThemePart, n: int) -> str:
    """So many questions, or plans."""
    if part.run.kind is Kind.PLAN:
        return ngettext("%(num)s plan", "%(num)s plans", n)
    return ngettext("%(num)s question", "%(num)s questions", n)


def named(row: ReportRow) -> Words:
    """A question by its number and title, translated where somebody did that."""
    title = own(row.title, row.language)
    translated = () if row.translated_title is None else (" (", own(row.translated_title), ")")
    return words(own(row.label, "en", is_strong=True), " ", title, *translated)


def interval(row: ReportRow) -> str:
    return _("%(first)s–%(last)s", first=value(row.low), last=value(row.high))


def interval_words(row: ReportRow) -> str:
    return _(
        "%(mid)s, 90%% interval %(low)s to %(high)s", mid=value(row.mean), low=value(row.low), high=value(row.high)
    )


def interval_picture(row: ReportRow, part: ThemePart) -> Picture:
    """The interval on the scale of the criteria; an interval may reach past its ends."""
    drawn = interval_row(row.low, row.mean, row.high, *SCALE)
    paint = PAINT.get(part.theme.colour, PLAIN_PAINT)
    return Picture(interval_svg(drawn, paint), interval_words(row), *INTERVAL)


def bar_picture(bar: DrawnBar) -> Picture:
    """A bar whose number stands beside it."""
    return Picture(bar_svg(bar, is_rtl=direction(current_language()) == "rtl"), f"{bar.label}: {bar.text}", *BAR)


def text(said: str) -> Words:
    """Words of ours alone."""
    return words(said)
