"""The search of a call: one page at the organizers' desk and in the panels, each with what its reader may see."""

from collections.abc import Mapping
from functools import partial

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.reports.forms.search import KeepForm
from solicit.reports.queries.search import Searcher, question_filter, searcher_of
from solicit.reports.queries.search.columns import DUPLICATE_WORDS
from solicit.reports.queries.search.people import found_people, n_people
from solicit.reports.queries.search.results import SORT_WORDS, Sort, found_questions, offered_sorts, tallies
from solicit.reports.queries.search.saved import saved_search_subject, saved_searches
from solicit.reports.service import searches as service
from solicit.reports.tables import FORMATS
from solicit.reports.views import bp
from solicit.reports.views.search_help import facets, help_lines
from solicit.web.forms import ActionForm
from solicit.web.limits import asker, limiter
from solicit.web.pages import Link
from solicit.web.pagination import paginate, window_from

PEOPLE = "people"
KEPT = "/<call>/organize/search/kept"


def searches_nothing() -> bool:
    return not request.args.get("q")


@bp.get("/<call>/organize/search")
@limiter.limit("120 per minute", key_func=asker, exempt_when=searches_nothing)
@requires(Permission.SEARCH, call_subject)
def search(call: CallFacts):
    searcher = searcher_of(g.identity, call=call)
    if not searcher.is_organizer:
        # The address of a search is the same for everybody to whom it is given.
        return redirect(url_for(".panel_search", **_asked()), 303)
    return search_page(call, searcher)


@bp.get("/<call>/review/search")
@limiter.limit("120 per minute", key_func=asker, exempt_when=searches_nothing)
@requires(Permission.SEARCH, call_subject)
def panel_search(call: CallFacts):
    searcher = searcher_of(g.identity, call=call, at_desk=False)
    if searcher.is_organizer:
        return redirect(url_for(".search", **_asked()), 303)
    return search_page(call, searcher)


@bp.post(KEPT)
@requires(Permission.SEARCH, call_subject)
def keep_search(call: CallFacts):
    form, searcher = KeepForm(), searcher_of(g.identity, call=call)
    found = question_filter(db.session(), call=call, viewer=searcher, text=form.q.data or "")
    if not form.accepted() or found.problems:
        return search_page(call, searcher, form)
    what = dict(call_id=call.id, person_id=searcher.person_id, name=form.name.data, query=found.text)
    try:
        with transaction() as session:
            service.keep_search(session, **what, now=utcnow())
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return search_page(call, searcher, form)
    flash(_("The search is kept as “%(name)s”.", name=form.name.data), "success")
    return redirect(url_for(".search", q=found.text), 303)


@bp.post(KEPT + "/<id:search_id>/name")
@requires(Permission.CHANGE_SEARCH, saved_search_subject)
def rename_search(call: CallFacts, search_id: int):
    form = KeepForm()
    if not form.accepted():
        return search_page(call, searcher_of(g.identity, call=call), form, renamed_id=search_id)
    try:
        with transaction() as session:
            act = dict(actor_id=g.identity.person_id, now=utcnow())
            service.rename_search(session, search_id=search_id, name=form.name.data, **act)
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return search_page(call, searcher_of(g.identity, call=call), form, renamed_id=search_id)
    return redirect(url_for(".search", q=form.q.data or None), 303)


@bp.post(KEPT + "/<id:search_id>/drop")
@requires(Permission.CHANGE_SEARCH, saved_search_subject)
def drop_search(call: CallFacts, search_id: int):
    if ActionForm().accepted():
        with transaction() as session:
            service.drop_search(session, search_id=search_id, actor_id=g.identity.person_id, now=utcnow())
        flash(_("The search is no longer kept."), "success")
    return redirect(url_for(".search", q=request.form.get("q") or None), 303)


def search_page(call: CallFacts, searcher: Searcher, form: KeepForm | None = None, renamed_id: int | None = None):
    """What a search finds; with a form, what is wrong with keeping it."""
    session, sent = db.session(), request.form if form else request.args
    found = question_filter(session, call=call, viewer=searcher, text=sent.get("q", ""))
    sorts = offered_sorts(found, searcher)
    sort = next((each for each in sorts if each.value == sent.get("sort")), sorts[0])
    counts = tallies(session, call=call, found=found)
    persons = n_people(session, call=call, searcher=searcher, query=found.query)
    shows_people = bool(persons) and sent.get("show") == PEOPLE
    window = window_from(sent.get("page"))
    what = dict(call=call, searcher=searcher, window=window)
    said = dict(q=found.text, sort=_said(sort, sorts), show=PEOPLE if shows_people else None)
    address = partial(_address, searcher, said)
    return render_template(
        "reports/search.html",
        searcher=searcher,
        found=found,
        total=counts.total,
        n_people=persons,
        shows_people=shows_people,
        questions=() if shows_people else found_questions(session, found=found, sort=sort, **what),
        people=found_people(session, query=found.query, **what) if shows_people else (),
        facets=facets(call, searcher, found, counts, lambda text: address(q=text, show=None)),
        sorts=[Link(_(SORT_WORDS[each]), address(sort=_said(each, sorts)), each is sort) for each in sorts],
        tabs=[address(show=None), address(show=PEOPLE)],
        pagination=paginate(window, persons if shows_people else counts.total, lambda page: address(page=page)),
        kept=saved_searches(session, call=call, person_id=searcher.person_id),
        form=form or KeepForm(formdata=None),
        renamed_id=renamed_id,
        help_lines=help_lines(call, searcher),
        duplicate_words=DUPLICATE_WORDS,
        formats={ending: each.label for ending, each in FORMATS.items()},
        address=_endpoint(searcher),
    ), 422 if found.problems or (form and form.errors) else 200


def _said(sort: Sort, sorts: tuple[Sort, ...]) -> str | None:
    """An order as the address says it; the usual one goes without saying."""
    return sort.value if sort is not sorts[0] else None


def _endpoint(searcher: Searcher) -> str:
    return "reports.search" if searcher.is_organizer else "reports.panel_search"


def _address(searcher: Searcher, said: Mapping[str, str | None], **changes: object) -> str:
    """The address of this search with changes; what follows a refused form leads back to the page, too."""
    query = {name: value for name, value in {**said, **changes}.items() if value not in (None, "")}
    return url_for(_endpoint(searcher), **query)


def _asked() -> dict[str, str]:
    return {name: request.args[name] for name in ("q", "sort", "show", "page") if name in request.args}
