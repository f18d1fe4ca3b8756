"""The list of questions as everybody reads it: a page, and a table to take along."""

from collections.abc import Mapping
from dataclasses import replace

from flask import abort, g, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import public
from solicit.calls.queries import CallFacts
from solicit.calls.states import KIND_WORDS
from solicit.db import db
from solicit.embeddings.encoders import web_encoder
from solicit.questions.forms import SearchForm
from solicit.questions.queries.listing import (
    SORT_WORDS,
    Listing,
    Search,
    Sort,
    public_listing,
    question_texts,
    usual_sort,
)
from solicit.questions.queries.public import Viewer, viewer_of
from solicit.questions.queries.search import Meaning, found_questions, meaning_of
from solicit.questions.views import bp
from solicit.submissions.queries.languages import language_name
from solicit.web.csv import CSV_TYPE, csv_lines
from solicit.web.downloads import download
from solicit.web.facets import FacetOption, facet_options, list_url
from solicit.web.limits import asker, limiter
from solicit.web.pages import Link, current_language
from solicit.web.pagination import paginate, window_from

LIST = "/<locale:lang>/<call>/questions"
COLUMNS = (
    "number", "kind", "theme", "topic", "language", "title", "goal_overview", "significance", "approach", "sent_on"
)  # fmt: skip


def searches_nothing() -> bool:
    return not request.args.get("q")


@bp.get(LIST)
@limiter.limit("60 per minute", key_func=asker, exempt_when=searches_nothing)
@public
def index(lang: str, call: CallFacts):
    if not call.shows_questions:
        return render_template("questions/index.html", call=call, listing=None)
    viewer = viewer_of(g.identity, call)
    search = asked(call, viewer)
    meaning = meaning_for(call, search, lang)
    search = found(call, search, meaning)
    window, filters = window_from(request.args.get("page")), filters_of(search)
    listing = public_listing(db.session(), call=call, search=search, window=window, viewer=viewer)
    return render_template(
        "questions/index.html",
        call=call,
        listing=listing,
        filters=filters,
        search=search,
        excuse=meaning.excuse,
        shows_support=viewer.sees_support,
        pagination=paginate(window, listing.total, lambda page: list_url(filters, page=page)),
        facets=_facets(call, filters, listing),
        sorts=_sort_links(search, viewer),
        clear_url=list_url(filters, q=None),
        others={ending: url_for(f".{ending}", **without_sort(filters)) for ending in ("table", "feed")},
    )


@bp.get(LIST + ".csv")
@limiter.limit("30 per hour", key_func=asker)
@public
def table(lang: str, call: CallFacts):
    if not call.shows_questions:
        abort(404)
    viewer = viewer_of(g.identity, call)
    search = asked(call, viewer)
    search = found(call, search, meaning_for(call, search, lang))
    texts = question_texts(db.session(), call=call, search=search, viewer=viewer)
    rows = (
        (
            each.label,
            each.kind.value,
            each.theme and each.theme.name,
            each.topic,
            each.language,
            each.title,
            each.goal_overview,
            each.significance,
            each.approach,
            each.sent_on.isoformat(),
        )
        for each in texts
    )
    return download(f"{call.slug}-questions.csv", CSV_TYPE, csv_lines(COLUMNS, rows))


def asked(call: CallFacts, viewer: Viewer) -> Search:
    """What the query string looks for; 400 for what the list does not offer."""
    form = SearchForm(request.args, call=call)
    if not form.validate():
        abort(400)
    return form.search(may_sort_by_support=viewer.sees_support)


def found(call: CallFacts, search: Search, meaning: Meaning) -> Search:
    """The search with the questions that its words lead to."""
    if not search.words:
        return search
    return replace(search, found=found_questions(db.session(), call=call, words=search.words, meaning=meaning))


def meaning_for(call: CallFacts, search: Search, lang: str) -> Meaning:
    if not search.words:
        return Meaning()
    return meaning_of(search.words, call=call, language=lang, encoder=web_encoder(call.model_name))


def filters_of(search: Search) -> dict[str, str | None]:
    """The query string of a search, without what goes without saying."""
    return dict(
        theme=search.theme.key if search.theme else None,
        kind=search.kind.value if search.kind else None,
        topic=str(search.topic_id) if search.topic_id else None,
        language=search.language,
        q=search.words or None,
        sort=_said(search.sort, search),
    )


def without_sort(filters: Mapping[str, str | None]) -> dict[str, str | None]:
    return {name: value for name, value in filters.items() if name != "sort"}


def _facets(
    call: CallFacts, filters: Mapping[str, str | None], listing: Listing
) -> tuple[tuple[str, tuple[FacetOption, ...]], ...]:
    themes = [(theme.key, theme.name, listing.per_theme[theme.key]) for theme in call.themes]
    kinds = [(kind.value, _(word), listing.per_kind[kind]) for kind, word in KIND_WORDS.items()]
    topics = [(str(each.id), each.name, each.n) for each in listing.topics]
    topic, code, spoken = filters["topic"], filters["language"], current_language()
    languages = [(each, language_name(each, spoken), n) for each, n in listing.per_language.items()]
    return (
        (_("Theme"), facet_options(filters, "theme", themes)),
        (_("Kind"), facet_options(filters, "kind", kinds)),
        (_("Topic"), facet_options(filters, "topic", _with_chosen(topics, topic, f"T-{topic}"))),
        (
            _("Language of the text"),
            facet_options(filters, "language", _with_chosen(languages, code, language_name(code or "", spoken))),
        ),
    )


def _sort_links(search: Search, viewer: Viewer) -> tuple[Link, ...]:
    hidden = {Sort.SUPPORT} if not viewer.sees_support else set()
    hidden |= {Sort.BEST} if not search.words else set()
    filters = filters_of(search)
    return tuple(
        Link(_(word), list_url(filters, sort=_said(sort, search)), sort is search.sort)
        for sort, word in SORT_WORDS.items()
        if sort not in hidden
    )


def _said(sort: Sort, search: Search) -> str | None:
    return sort.value if sort is not usual_sort(search.words) else None


def _with_chosen(counted: list[tuple[str, str, int]], chosen: str | None, label: str) -> list[tuple[str, str, int]]:
    """The options of a filter; a chosen one that finds nothing is among them, so that it can be removed."""
    is_there = chosen is None or any(value == chosen for value, _label, _n in counted)
    return counted if is_there else [*counted, (chosen, label, 0)]
