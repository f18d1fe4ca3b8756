"""How widely topics are carried: a page and a table for organizers, never for the public."""

from collections.abc import Mapping

from flask import abort, g, render_template, request
from flask_babel import format_percent
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.db import db
from solicit.people.states import CAREER_WORDS, Career
from solicit.topics.queries import coverage as queries
from solicit.topics.queries.coverage import GAP_WORDS, Breadth, Sort, ThemeBreadth, TopicBreadth
from solicit.topics.views import bp
from solicit.topics.views._legend import chosen_theme, legend
from solicit.web.charts import BarRow, DrawnBar, bar_list, share_scale
from solicit.web.counting import ngettext
from solicit.web.csv import CSV_TYPE, csv_lines
from solicit.web.downloads import download
from solicit.web.facets import list_url

COVERAGE = "/<call>/organize/coverage"
COLUMNS = (
    "topic", "name", "theme", "questions", "plans", "people", "countries", "institutions",
    *(f"{career.value}s" for career in Career), "gaps",
)  # fmt: skip
# How many countries a topic comes from: the least and most of each bar.
COUNTRY_STEPS = ((0, 0), (1, 1), (2, 4), (5, 9), (10, None))


@bp.get(COVERAGE)
@requires(Permission.ARRANGE_TOPICS, call_subject)
def coverage(call: CallFacts):
    session, asked = db.session(), _asked(call)
    found = queries.coverage(session, call=call, viewer_id=g.identity.person_id)
    filters = dict(theme=request.args.get("theme"), sort=request.args.get("sort"))
    return render_template(
        "topics/coverage.html",
        topics=queries.sorted_topics(found.topics, **asked),
        whole=found.whole,
        sort=asked["sort"].value,
        sort_urls={sort.value: list_url(filters, sort=sort.value) for sort in Sort},
        legend=legend(call, filters, {each.theme: each.breadth.n for each in found.themes}),
        gap_words=GAP_WORDS,
        career_words=CAREER_WORDS,
        balance=_balance(found.themes),
        careers=_careers(found.whole),
        countries=_countries(found.topics),
        map=queries.map_facts(session, call=call),
        filters=filters,
    )


@bp.get(COVERAGE + ".csv")
@requires(Permission.ARRANGE_TOPICS, call_subject)
def coverage_table(call: CallFacts):
    found = queries.coverage(db.session(), call=call, viewer_id=g.identity.person_id)
    rows = [_table_row(each) for each in queries.sorted_topics(found.topics, **_asked(call))]
    return download(f"{call.slug}-coverage.csv", CSV_TYPE, csv_lines(COLUMNS, rows))


def _asked(call: CallFacts) -> Mapping:
    """The sort and the theme in the query string; 400 for what the page does not offer."""
    sort = request.args.get("sort") or Sort.QUESTIONS.value
    if sort not in {each.value for each in Sort}:
        abort(400)
    return dict(sort=Sort(sort), theme=chosen_theme(call))


def _table_row(each: TopicBreadth) -> tuple:
    has = each.breadth
    return (
        each.id,
        each.name,
        each.theme.name,
        has.n_questions,
        has.n_plans,
        has.n_people,
        has.n_countries,
        has.n_institutions,
        *(has.careers[career] for career in Career),
        ", ".join(gap.value for gap in each.gaps),
    )


def _balance(themes: tuple[ThemeBreadth, ...]) -> tuple[DrawnBar, ...]:
    """One bar per theme; the mark is an even split."""
    return bar_list(
        [
            BarRow(
                label=each.theme.name,
                value=each.share,
                text=format_percent(each.share),
                note=_balance_note(each),
                whole=share_scale([theme.share for theme in themes], each.even_share),
                mark=each.even_share,
                theme=each.theme,
                behind=each.is_thin,
            )
            for each in themes
        ]
    )


def _balance_note(each: ThemeBreadth) -> str:
    if each.n_missing:
        return ngettext(
            "%(num)s question more would fill its places",
            "%(num)s questions more would fill its places",
            each.n_missing,
        )
    return _("Less than half of an even share") if each.is_thin else ""


def _careers(whole: Breadth) -> tuple[DrawnBar, ...]:
    return bar_list(
        [BarRow(label=_(CAREER_WORDS[career]), value=n, text=str(n)) for career, n in whole.careers.items()]
    )


def _countries(topics: tuple[TopicBreadth, ...]) -> tuple[DrawnBar, ...]:
    """How many topics come from so many countries."""
    numbers = [each.breadth.n_countries for each in topics if each.id]
    counts = [sum(least <= n and (most is None or n <= most) for n in numbers) for least, most in COUNTRY_STEPS]
    return bar_list(
        [
            BarRow(label=_step_words(least, most), value=n, text=str(n))
            for (least, most), n in zip(COUNTRY_STEPS, counts, strict=True)
        ]
    )


def _step_words(least: int, most: int | None) -> str:
    if most is None:
        return _("%(least)s countries or more", least=least)
    if least == most:
        return ngettext("%(num)s country", "%(num)s countries", least)
    return _("%(least)s–%(most)s countries", least=least, most=most)
