"""What a report says of each theme: ranked questions, what was not ranked, topics, dissent, and missions."""

from collections.abc import Iterator

from flask_babel import gettext as _

from solicit.reports.queries.report.model import Audience, Report, ReportRow, ThemePart, Topic
from solicit.reports.views.report.dissent import dissent
from solicit.reports.views.report.summary import first_band_words
from solicit.reports.views.report.tables import BAR_COLUMN, NUMBER_COLUMN, ranked_table
from solicit.reports.views.report.texts import bar_picture, named, questions, table_title, text, theme_title, whole
from solicit.web.charts import BarRow, bar_list
from solicit.web.counting import ngettext
from solicit.web.documents.blocks import Block, Column, Heading, PageBreak, Paragraph, Table, own, words

# At least so many rows stand in the chapter of a theme; all are in the appendix.
FEWEST_SHOWN = 10
MOST_TOPICS = 12


def themes(report: Report, *, has_appendix: bool) -> Iterator[Block]:
    several = len({run.kind for run in report.runs}) > 1
    for part in report.parts:
        anchor = f"theme-{part.run.id}-{part.theme.key}"
        yield Heading(1, theme_title(part, several_kinds=several), anchor)
        yield from _ranked(part, report.audience, has_appendix)
        yield from _not_ranked(part, anchor)
        yield from _topics(part, anchor)
        yield from dissent(part, report.audience, anchor)
        yield from _missions(part, anchor)
        yield PageBreak()


def leading(part: ThemePart) -> tuple[ReportRow, ...]:
    """The rows of every band that reaches into the announced places, and never just a few."""
    reaching = sum(row.place_first <= part.k for row in part.ranked)
    return part.ranked[: max(reaching, FEWEST_SHOWN)]


def _ranked(part: ThemePart, audience: Audience, has_appendix: bool) -> Iterator[Block]:
    if not part.ranked:
        yield Paragraph(text(_("Nothing is ranked in this theme.")))
        return
    yield Paragraph(text(first_band_words(part)))
    shown = leading(part)
    yield ranked_table(part, shown, is_staff=audience.is_staff, title=table_title(_("Ranked questions"), part))
    if len(shown) < part.n_ranked:
        rest = part.n_ranked - len(shown)
        if has_appendix:
            said = _("The other %(what)s are in the appendix.", what=questions(part, rest))
        else:
            said = _("The other %(what)s are in the files of this report.", what=questions(part, rest))
        yield Paragraph(text(said), look="small")


def _not_ranked(part: ThemePart, anchor: str) -> Iterator[Block]:
    yield Heading(2, text(_("What is not ranked")), f"{anchor}-unranked")
    aside, few = part.n_set_aside, part.n_insufficient
    said = []
    if aside:
        said.append(_("Set aside after the first reading: %(what)s.", what=questions(part, aside)))
    if few:
        said.append(_("With fewer than 3 ratings, so that nothing can be said: %(what)s.", what=questions(part, few)))
    yield Paragraph(text(" ".join(said) or _("Everything of this theme is ranked.")))


def _topics(part: ThemePart, anchor: str) -> Iterator[Block]:
    if not part.topics:
        return
    yield Heading(2, text(_("Topics")), f"{anchor}-topics")
    shown = part.topics[:MOST_TOPICS]
    bars = bar_list([_bar(topic, part) for topic in shown])
    rows = tuple(
        (words(own(topic.name)), text(whole(topic.n)), bar_picture(bar)) for topic, bar in zip(shown, bars, strict=True)
    )
    columns = (
        Column(_("Topic")),
        Column(_("Questions and plans"), points=NUMBER_COLUMN, is_number=True),
        Column(_("In comparison"), points=BAR_COLUMN),
    )
    yield Table(table_title(_("Topics"), part), columns, rows)
    if len(part.topics) > MOST_TOPICS:
        n = len(part.topics) - MOST_TOPICS
        yield Paragraph(text(ngettext("%(num)s smaller topic.", "%(num)s smaller topics.", n)), look="small")


def _bar(topic: Topic, part: ThemePart) -> BarRow:
    return BarRow(label=topic.name, value=topic.n, text=whole(topic.n), theme=part.theme)


def _missions(part: ThemePart, anchor: str) -> Iterator[Block]:
    """What plans and missions could answer, for the questions of the chapter."""
    linked = [row for row in leading(part) if row.missions or row.plans]
    yield Heading(2, text(_("Plans and missions")), f"{anchor}-missions")
    if not linked:
        yield Paragraph(text(_("Nobody has confirmed yet which mission could answer one of the questions above.")))
        return
    columns = (Column(_("Question"), share=3), Column(_("Missions"), share=2), Column(_("Plans"), share=1))
    rows = tuple(
        (named(row), words(own(_listed(row.missions))), words(own(_listed(row.plans), "en"))) for row in linked
    )
    yield Table(table_title(_("Plans and missions"), part), columns, rows)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) if names else "–"
