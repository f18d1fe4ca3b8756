"""Drawing what reads alike: is the threshold right, and what is new this week."""

from flask import url_for
from flask_babel import format_decimal
from flask_babel import gettext as _

from solicit.questions.queries.duplicates.pair_counts import EDGES
from solicit.reports.queries.columns import Column
from solicit.reports.queries.plots.likeness import Similarities, TopicGrowth
from solicit.reports.views.plots.plot import Plot, PlotFile
from solicit.web.charts import BarRow, bar_list, histogram
from solicit.web.counting import ngettext
from solicit.web.pages import Link

TOPICS_SHOWN = 12


def draw_similarity(pairs: Similarities) -> Plot:
    title, subtitle = _("Is the threshold right?"), _("Pairs compared by meaning, by their similarity")
    if not any(pairs.counts):
        return Plot(title, subtitle, _("This plot appears when questions were compared."), None)
    edges = [format_decimal(edge, "0.00") for edge in EDGES]
    return Plot(
        title=title,
        subtitle=subtitle,
        finding=_similarity_finding(pairs),
        picture=histogram(EDGES, pairs.counts, pairs.begins_at),
        heads=(_("Similarity from"), _("to"), _("Pairs"), _("Judged the same")),
        rows=tuple(
            (edges[n], edges[n + 1], format_decimal(count), format_decimal(pairs.same[n]))
            for n, count in enumerate(pairs.counts)
        ),
        mark_label=_("Suggestions begin here"),
        link=Link(_("How good the suggestions are"), url_for("questions.calibration")),
    )


def _similarity_finding(pairs: Similarities) -> str:
    begins_at = "–" if pairs.begins_at is None else format_decimal(pairs.begins_at, "0.00")
    if pairs.least_same is None:
        return _("Suggestions begin at %(begins)s; no pair was judged the same yet.", begins=begins_at)
    return ngettext(
        "Suggestions begin at %(begins)s; the one pair judged the same has %(least)s.",
        "Suggestions begin at %(begins)s; the least alike of %(num)s pairs judged the same have %(least)s.",
        sum(pairs.same),
        begins=begins_at,
        least=format_decimal(pairs.least_same, "0.00"),
    )


def draw_topics(topics: tuple[TopicGrowth, ...]) -> Plot:
    title, subtitle = _("What is new this week?"), _("Questions per topic; the mark shows the size a week ago")
    if not topics:
        return Plot(title, subtitle, _("This plot appears when questions were grouped into topics."), None)
    return Plot(
        title=title,
        subtitle=subtitle,
        finding=_topics_finding(topics),
        picture=bar_list([_topic_bar(topic) for topic in topics[:TOPICS_SHOWN]]),
        heads=(_("Topic"), _("Questions"), _("A week ago"), _("Four weeks ago")),
        rows=tuple(
            (topic.name, *map(format_decimal, (topic.n, topic.n_week_ago, topic.n_month_ago))) for topic in topics
        ),
        link=Link(_("Map of topics"), url_for("topics.index")),
    )


def _topic_bar(topic: TopicGrowth) -> BarRow:
    return BarRow(
        label=topic.name,
        value=topic.n,
        text=format_decimal(topic.n),
        note=_("+%(n)s in 7 days", n=format_decimal(topic.n_new)) if topic.n_new else "",
        mark=topic.n_week_ago,
        theme=topic.theme,
    )


def _topics_finding(topics: tuple[TopicGrowth, ...]) -> str:
    if not topics[0].n_new:
        return _("No topic grew in the last 7 days.")
    return ngettext(
        "%(num)s new question in topics; “%(topic)s” grew most.",
        "%(num)s new questions in topics; “%(topic)s” grew most.",
        sum(topic.n_new for topic in topics),
        topic=topics[0].name,
    )


PER_SIMILARITY = PlotFile(
    (
        Column("similarity_from", "number", "Lower edge of the bin; the first one holds what lies below it, too"),
        Column("similarity_to", "number", "Upper edge of the bin"),
        Column("pairs", "integer", "Pairs with such a similarity, whatever the verdict"),
        Column("judged_same", "integer", "Of these, pairs judged the same"),
    ),
    lambda pairs: [(*EDGES[n : n + 2], count, pairs.same[n]) for n, count in enumerate(pairs.counts)],
)
PER_TOPIC = PlotFile(
    (
        Column("topic", "integer", "Number of the topic"),
        Column("name", "text", "Name of the topic"),
        Column("theme_key", "text", "Short key of its theme"),
        Column("questions", "integer", "Questions in scope"),
        Column("questions_week_ago", "integer", "Of these, questions that were there 7 days ago"),
        Column("questions_4_weeks_ago", "integer", "Of these, questions that were there 28 days ago"),
    ),
    lambda topics: [(t.id, t.name, t.theme and t.theme.key, t.n, t.n_week_ago, t.n_month_ago) for t in topics],
)
