"""Questions as everybody reads them: the list, one question, the similar panel, and support."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import public, requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts
from solicit.calls.service import check_accepts_submissions
from solicit.calls.states import KIND_WORDS
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.embeddings.tasks import web_encoder
from solicit.errors import Closed
from solicit.questions.forms import SearchForm
from solicit.questions.queries import public as queries
from solicit.questions.queries.listing import SORT_WORDS, Search, Sort, public_listing
from solicit.questions.queries.similar import nearest_questions, similar_panel
from solicit.questions.service import support as supporting
from solicit.questions.views import bp
from solicit.submissions.queries.languages import language_name
from solicit.web.facets import facet_options, list_url
from solicit.web.forms import ActionForm
from solicit.web.limits import limiter
from solicit.web.pages import Link
from solicit.web.pagination import paginate, window_from

LIST = "/<locale:lang>/<call>/questions"
ONE = LIST + "/<label>"


@bp.get(LIST)
@public
def index(lang: str, call: CallFacts):
    form = SearchForm(request.args, call=call)
    if not form.validate():
        abort(400)
    viewer = queries.viewer_of(g.identity, call)
    search, window = form.search(may_sort_by_support=viewer.sees_support), window_from(request.args.get("page"))
    listing = public_listing(db.session(), call=call, search=search, window=window, viewer=viewer)
    if listing is None:
        return render_template("questions/index.html", call=call, listing=None)
    filters = _filters(search)
    themes = [(theme.key, theme.name, listing.per_theme[theme.key]) for theme in call.themes]
    kinds = [(kind.value, _(word), listing.per_kind[kind]) for kind, word in KIND_WORDS.items()]
    return render_template(
        "questions/index.html",
        call=call,
        listing=listing,
        filters=filters,
        shows_support=viewer.sees_support,
        pagination=paginate(window, listing.total, lambda page: list_url(filters, page=page)),
        themes=facet_options(filters, "theme", themes),
        kinds=facet_options(filters, "kind", kinds),
        sorts=_sort_links(search, viewer),
    )


@bp.get(ONE)
@public
def page(lang: str, call: CallFacts, label: str):
    session = db.session()
    question = queries.question_page(session, call=call, label=label, viewer=queries.viewer_of(g.identity, call))
    if question is None:
        abort(404)
    nearest = nearest_questions(session, call=call, question_id=question.id)
    language = language_name(question.wording.language, lang)
    return render_template(
        "questions/page.html", call=call, question=question, nearest=nearest, language=language, is_open=_is_open(call)
    )


@bp.get("/<locale:lang>/<call>/similar")
@limiter.limit("60 per minute")
@public
def similar(lang: str, call: CallFacts):
    title, language = request.args.get("title", ""), request.args.get("language", "")
    viewer_id = g.identity.person_id if g.identity else None
    panel = similar_panel(
        db.session(), call=call, title=title, language=language, viewer_id=viewer_id, encoder=web_encoder()
    )
    return render_template("questions/similar.html", panel=panel, may_support=_is_open(call))


@bp.post(ONE + "/support")
@requires(Permission.SUPPORT_QUESTION, queries.support_subject)
def support(lang: str, call: CallFacts, label: str):
    _change_support(supporting.give_support, call, label)
    flash(_("You support this question."), "success")
    return redirect(url_for(".page", label=label), 303)


@bp.post(ONE + "/support/withdraw")
@requires(Permission.SUPPORT_QUESTION, queries.support_subject)
def withdraw_support(lang: str, call: CallFacts, label: str):
    _change_support(supporting.withdraw_support, call, label)
    flash(_("You no longer support this question."), "success")
    return redirect(url_for(".page", label=label), 303)


def _change_support(change, call: CallFacts, label: str) -> None:
    if not ActionForm().accepted():
        abort(400)
    with transaction() as session:
        question_id = queries.question_id_of(session, call=call, label=label) or abort(404)
        change(session, call=call, question_id=question_id, person_id=g.identity.person_id, now=utcnow())


def _is_open(call: CallFacts) -> bool:
    try:
        check_accepts_submissions(call, now=utcnow())
    except Closed:
        return False
    return True


def _filters(search: Search) -> dict[str, str | None]:
    return dict(
        theme=search.theme.key if search.theme else None,
        kind=search.kind.value if search.kind else None,
        q=search.words or None,
        sort=search.sort.value if search.sort is not Sort.NEWEST else None,
    )


def _sort_links(search: Search, viewer: queries.Viewer) -> tuple[Link, ...]:
    offered = [sort for sort in Sort if viewer.sees_support or sort is not Sort.SUPPORT]
    filters = _filters(search)
    return tuple(Link(_(SORT_WORDS[sort]), list_url(filters, sort=sort.value), sort is search.sort) for sort in offered)
