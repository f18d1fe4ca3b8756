"""One selection: who, why, at what price; rules about people, and the reasons asked for."""

from dataclasses import asdict

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.invitations.forms.selections import RulesForm, rules_form
from solicit.invitations.queries.candidate_filter import SHOWN, SORTS, CandidateFilter
from solicit.invitations.queries.candidate_rows import CandidateRow
from solicit.invitations.queries.selection_page import SelectionPage, selection_page
from solicit.invitations.queries.selections import selection_subject
from solicit.invitations.service.selecting.propose import propose_again
from solicit.invitations.service.selecting.reasons import ask_why, start_explaining
from solicit.invitations.views import bp
from solicit.invitations.views.limit_bars import limit_bars, prices_in_words
from solicit.invitations.views.wording import name_text, say
from solicit.web.facets import FacetOption
from solicit.web.forms import ActionForm
from solicit.web.pages import Link, current_language
from solicit.web.pagination import Window, paginate, window_from


@bp.get("/<call>/organize/invite/<id:selection_id>")
@requires(Permission.SELECT_INVITEES, selection_subject)
def page(call: CallFacts, selection_id: int):
    view = read_selection(call, selection_id)
    rows, window = _shown(view)
    return _page(call, view, rules_form(_on_page(rows, window)), rows, window)


@bp.post("/<call>/organize/invite/<id:selection_id>/recompute")
@requires(Permission.SELECT_INVITEES, selection_subject)
def recompute(call: CallFacts, selection_id: int):
    view = read_selection(call, selection_id)
    rows, window = _shown(view)
    form = rules_form(_on_page(rows, window))
    if form.accepted():
        try:
            with transaction() as session:
                job_id = propose_again(
                    session,
                    call=call,
                    selection_id=selection_id,
                    rules=form.changes,
                    reason=form.reason.data,
                    proposer_id=g.identity.person_id,
                    now=utcnow(),
                )
            return redirect(url_for("jobs.page", job_id=job_id), 303)
        except DomainError as error:
            form.refuse(_(error.message, **error.params))
    return _page(call, view, form, rows, window)


@bp.post("/<call>/organize/invite/<id:selection_id>/why/<id:candidate_id>")
@requires(Permission.SELECT_INVITEES, selection_subject)
def why(call: CallFacts, selection_id: int, candidate_id: int):
    """The reason for one more person; rules that were chosen and not yet sent stay chosen."""
    view = read_selection(call, selection_id)
    if not ActionForm().accepted() or candidate_id not in [row.person_id for row in view.rows]:
        abort(404)
    with transaction() as session:
        asked = dict(selection_id=selection_id, person_id=candidate_id, actor_id=g.identity.person_id, now=utcnow())
        job_id = ask_why(session, call=call, **asked)
    if job_id:
        flash(_("The reason is being worked out. Open this page again in a moment."), "info")
    view = read_selection(call, selection_id)
    rows, window = _shown(view)
    return _page(call, view, rules_form(_on_page(rows, window)), rows, window)


@bp.post("/<call>/organize/invite/<id:selection_id>/explain")
@requires(Permission.SELECT_INVITEES, selection_subject)
def explain(call: CallFacts, selection_id: int):
    if not ActionForm().accepted():
        abort(400)
    with transaction() as session:
        job_id = start_explaining(
            session, call=call, selection_id=selection_id, actor_id=g.identity.person_id, now=utcnow()
        )
    return redirect(url_for("jobs.page", job_id=job_id), 303)


def read_selection(call: CallFacts, selection_id: int) -> SelectionPage:
    return selection_page(
        db.session(),
        call=call,
        selection_id=selection_id,
        viewer_id=g.identity.person_id,
        locale=current_language(),
    )


def _wanted() -> CandidateFilter:
    names = {"show": "show", "theme": "theme", "text": "q", "sort": "sort"}
    return CandidateFilter(**{field: request.args.get(name, "")[:200] for field, name in names.items()})


def _shown(view: SelectionPage) -> tuple[tuple[CandidateRow, ...], Window]:
    return _wanted()(view.rows), window_from(request.args.get("page"))


def _on_page(rows: tuple[CandidateRow, ...], window: Window) -> tuple[CandidateRow, ...]:
    return rows[window.offset : window.offset + window.size]


def _page(call: CallFacts, view: SelectionPage, form: RulesForm, rows: tuple[CandidateRow, ...], window: Window):
    query = _query()
    page_of = {
        "view": view,
        "form": form,
        "rows": _on_page(rows, window),
        "query": query,
        "themes": call.themes,
        "shown": _options("show", [(name, word, sum(map(test, view.rows))) for name, (word, test) in SHOWN.items()]),
        "sorts": _sorts(query),
        "bars": limit_bars(view),
        "prices": prices_in_words(view),
        "name_of": name_text,
        "say": lambda sentence: say(sentence, currency=view.money.currency),
        "pagination": paginate(window, len(rows), lambda number: _url(query | {"page": number})),
    }
    return render_template("invitations/page.html", **page_of), form.status


def _query() -> dict[str, str]:
    """What the address asks for, without the page."""
    names = {"text": "q"}
    return {names.get(field, field): value for field, value in asdict(_wanted()).items() if value}


def _url(query: dict) -> str:
    return url_for(".page", selection_id=request.view_args["selection_id"], **query)


def _sorts(query: dict[str, str]) -> list[Link]:
    now, rest = query.get("sort", ""), {key: value for key, value in query.items() if key != "sort"}
    return [
        Link(_(word), _url(rest | {"sort": name} if name else rest), now == name)
        for name, (word, _key) in SORTS.items()
    ]


def _options(name: str, counted: list[tuple[str, str, int]]) -> list[FacetOption]:
    query = _query()
    rest = {key: value for key, value in query.items() if key != name}
    return [
        FacetOption(
            label=_(word),
            count=count,
            chosen=query.get(name, "") == value,
            url=_url(rest | {name: value} if value else rest),
            remove_url=_url(rest),
        )
        for value, word, count in counted
    ]
