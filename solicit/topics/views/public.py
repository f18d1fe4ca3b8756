"""Topics as everybody reads them: the map with its list, a table, and one topic with its questions."""

from flask import abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import public
from solicit.calls.queries import CallFacts
from solicit.calls.states import KIND_WORDS
from solicit.clock import utcnow
from solicit.db import db
from solicit.questions.forms import SearchForm
from solicit.questions.queries.listing import Listing, Search, public_listing
from solicit.questions.queries.public import Viewer, viewer_of
from solicit.submissions.queries.languages import language_name
from solicit.topics.queries import public as queries
from solicit.topics.queries.public import PublicTopic
from solicit.topics.queries.topics import merged_into
from solicit.topics.views import bp
from solicit.topics.views._drawing import around, drawing
from solicit.topics.views._legend import chosen_theme, legend
from solicit.web.csv import CSV_TYPE, csv_lines
from solicit.web.downloads import download
from solicit.web.facets import FacetOption, facet_options, list_url
from solicit.web.limits import asker, limiter
from solicit.web.pages import current_language
from solicit.web.pagination import paginate, window_from

INDEX = "/<locale:lang>/<call>/topics"
COLUMNS = ("topic", "name", "theme", "questions", "plans", "new_this_week", "middle_number", "middle_title", "address")


@bp.get(INDEX)
@public
def index(lang: str, call: CallFacts):
    if not call.shows_questions:
        return render_template("topics/index.html", topics=None)
    session, theme = db.session(), chosen_theme(call)
    topics = queries.public_topics(session, call=call, now=utcnow())
    grouping = queries.grouping_of(session, call=call)
    is_list = request.args.get("view") == "list" or not (topics or grouping.has_map)
    shown = None if is_list or not grouping.has_map else drawing(session, call=call, topics=topics, theme=theme)
    filters = dict(theme=theme.key if theme else None, view="list" if is_list and topics else None)
    return render_template(
        "topics/index.html",
        topics=topics,
        grouping=grouping,
        drawing=shown,
        chosen=theme,
        is_list=is_list,
        legend=legend(call, filters, grouping.per_theme),
        other_view=list_url(filters, view=None if is_list else "list"),
        share=sum(topic.n for topic in topics) / max(grouping.n, 1),
    )


@bp.get(INDEX + ".csv")
@limiter.limit("60 per hour", key_func=asker)
@public
def table(lang: str, call: CallFacts):
    if not call.shows_questions:
        abort(404)
    theme = chosen_theme(call)
    topics = queries.public_topics(db.session(), call=call, now=utcnow())
    rows = [_table_row(topic) for topic in topics if theme in (None, topic.theme)]
    return download(f"{call.slug}-topics.csv", CSV_TYPE, csv_lines(COLUMNS, rows))


@bp.get(INDEX + "/<id:topic_id>")
@public
def page(lang: str, call: CallFacts, topic_id: int):
    if not call.shows_questions:
        abort(404)
    session = db.session()
    found = queries.topic_surroundings(session, call=call, topic_id=topic_id, now=utcnow())
    if found is None:
        target = merged_into(session, call=call, topic_id=topic_id) or abort(404)
        return redirect(url_for(".page", topic_id=target), 301)
    viewer = viewer_of(g.identity, call)
    search = _asked(call, viewer, topic_id)
    window, filters = window_from(request.args.get("page")), _filters(search)
    listing = public_listing(session, call=call, search=search, window=window, viewer=viewer)
    return render_template(
        "topics/page.html",
        topic=found.topic,
        nearest=found.nearest,
        drawing=around(found),
        listing=listing,
        filters=filters,
        facets=_facets(lang, filters, listing),
        pagination=paginate(window, listing.total, lambda page: list_url(filters, page=page)),
        shows_support=viewer.sees_support,
    )


def _table_row(topic: PublicTopic) -> tuple:
    return (
        topic.id,
        topic.name,
        topic.theme.name,
        topic.n_questions,
        topic.n_plans,
        topic.n_new,
        topic.sentence_label,
        topic.sentence,
        url_for(".page", topic_id=topic.id),
    )


def _asked(call: CallFacts, viewer: Viewer, topic_id: int) -> Search:
    """The topic's questions, narrowed by kind and language; 400 for what the page does not offer."""
    form = SearchForm(request.args, call=call)
    if not form.validate():
        abort(400)
    search = form.search(may_sort_by_support=viewer.sees_support)
    return Search(topic_id=topic_id, kind=search.kind, language=search.language)


def _filters(search: Search) -> dict[str, str | None]:
    return dict(kind=search.kind.value if search.kind else None, language=search.language)


def _facets(lang: str, filters: dict, listing: Listing) -> tuple[tuple[str, tuple[FacetOption, ...]], ...]:
    kinds = [(kind.value, _(word), listing.per_kind[kind]) for kind, word in KIND_WORDS.items()]
    languages = [(code, language_name(code, current_language()), n) for code, n in listing.per_language.items()]
    return (
        (_("Kind"), facet_options(filters, "kind", kinds)),
        (_("Language of the text"), facet_options(filters, "language", languages)),
    )
