"""What was spent for invited people, against what is committed and the budget."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.invitations.forms.register import sort_from
from solicit.invitations.forms.spending import SpendingForm, wanted_state
from solicit.invitations.queries import spending as queries
from solicit.invitations.queries.letters.one import invitation_subject
from solicit.invitations.service.spending import record_spending as keep
from solicit.invitations.states import INVITATION_WORDS, InvitationState, SpendingKind
from solicit.invitations.views import bp
from solicit.invitations.views.taken import note_taken
from solicit.rankings.forms import words_from
from solicit.web.csv import CSV_TYPE, csv_lines
from solicit.web.downloads import download
from solicit.web.facets import facet_options, list_url
from solicit.web.limits import file_limit
from solicit.web.pages import Link
from solicit.web.pagination import paginate, window_from
from solicit.words import N_

SORT_WORDS = {"name": N_("Name"), "over": N_("Over the estimate"), "spent": N_("Spent"), "estimated": N_("Estimate")}
COLUMNS = (
    "invitation", "name", "state", "attendance", "estimated_cents", "committed_cents", "spent_cents", "currency",
)  # fmt: skip
ONE = "/<call>/organize/invite/spending/<id:invitation_id>"


@bp.get("/<call>/organize/invite/spending")
@requires(Permission.SELECT_INVITEES, call_subject)
def spending(call: CallFacts):
    filters, found = _found(call)
    window = window_from(request.args.get("page"))
    states = [(s.value, _(INVITATION_WORDS[s]), found.per_state[s]) for s in InvitationState if s in found.per_state]
    sort = filters["sort"] or "name"
    return render_template(
        "invitations/spending.html",
        rows=found.page(window),
        totals=found.totals,
        currency=found.currency,
        n_all=found.n_all,
        filters=filters,
        states=facet_options(filters, "state", states),
        sorts=[Link(_(word), list_url(filters, sort=name), sort == name) for name, word in SORT_WORDS.items()],
        pagination=paginate(window, len(found.rows), lambda page: list_url(filters, page=page)),
    )


@bp.post("/<call>/organize/invite/spending.csv")
@file_limit
@requires(Permission.SELECT_INVITEES, call_subject, fresh=True)
def spending_file(call: CallFacts):
    note_taken(call, "spending")
    found = _found(call)[1]
    rows = [
        (row.invitation_id, row.name, row.state.value, row.attendance_word, row.estimated_cents, row.committed_cents)
        + (row.spent_cents, found.currency)
        for row in found.rows
    ]
    return download(f"{call.slug}-spending.csv", CSV_TYPE, csv_lines(COLUMNS, rows))


@bp.get(ONE)
@requires(Permission.SELECT_INVITEES, invitation_subject)
def spending_of(call: CallFacts, invitation_id: int):
    return _page_of(call, invitation_id, SpendingForm(formdata=None))


@bp.post(ONE)
@requires(Permission.SELECT_INVITEES, invitation_subject)
def record_spending(call: CallFacts, invitation_id: int):
    form = SpendingForm()
    if not form.accepted():
        return _page_of(call, invitation_id, form)
    said = dict(kind=SpendingKind(form.kind.data), amount_cents=form.cents(), note=form.note.data)
    try:
        with transaction() as session:
            who = dict(actor_id=g.identity.person_id, now=utcnow())
            keep(session, call=call, invitation_id=invitation_id, **said, **who)
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _page_of(call, invitation_id, form)
    flash(_("The amount is recorded."), "success")
    return redirect(url_for(".spending_of", invitation_id=invitation_id), 303)


def _found(call: CallFacts) -> tuple[dict[str, str], queries.SpendingPage]:
    state, words = wanted_state(request.args), words_from(request.args)
    sort = sort_from(request.args, queries.SORTS, "name")
    asked = dict(state=state, words=words, sort=sort)
    found = queries.spending_page(db.session(), call=call, viewer_id=g.identity.person_id, **asked)
    usual = "" if sort == "name" else sort
    return {"state": state.value if state else "", "q": words, "sort": usual}, found


def _page_of(call: CallFacts, invitation_id: int, form: SpendingForm):
    viewer_id = g.identity.person_id
    found = queries.spending_of(db.session(), call=call, invitation_id=invitation_id, viewer_id=viewer_id) or abort(404)
    row, currency, lines = found
    page = dict(row=row, currency=currency, lines=lines, form=form)
    return render_template("invitations/spending_of.html", **page), form.status
