"""Selections: the saved ones, a new one, and one that fills seats which came free."""

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.invitations.forms.selections import NewSelectionForm, new_selection_form
from solicit.invitations.queries import selections as queries
from solicit.invitations.queries.limit_sets import LimitSetFacts, limit_sets
from solicit.invitations.service.selecting.case import Wanted
from solicit.invitations.service.selecting.propose import propose_selection
from solicit.invitations.states import LIMIT_WORDS, SELECTION_WORDS, LimitState, SelectionState
from solicit.invitations.views import bp
from solicit.invitations.views.limits_first import needed_limits
from solicit.web.facets import facet_options
from solicit.web.pagination import paginate, window_from

# In this order they are offered: a scenario under a waiting set may be looked at, never approved.
OFFERED = (LimitState.IN_FORCE, LimitState.WAITING)


@bp.get("/<call>/organize/invite/selections")
@requires(Permission.SELECT_INVITEES, call_subject)
def selections(call: CallFacts):
    filters = {"state": request.args.get("state", "")}
    counted = queries.selections_by_state(db.session(), call=call)
    state = next((one for one in counted if one.value == filters["state"]), None)
    window = window_from(request.args.get("page"))
    reader = dict(call=call, viewer_id=g.identity.person_id)
    lines, total = queries.selection_lines(db.session(), window=window, state=state, **reader)
    values = [(one.value, _(SELECTION_WORDS[one]), n) for one, n in counted.items()]
    return render_template(
        "invitations/selections.html",
        lines=lines,
        states=facet_options(filters, "state", values),
        has_approved=SelectionState.APPROVED in counted,
        pagination=paginate(
            window, total, lambda page: url_for(".selections", page=page, **{k: v for k, v in filters.items() if v})
        ),
    )


@bp.get("/<call>/organize/invite/new")
@requires(Permission.SELECT_INVITEES, call_subject)
def new(call: CallFacts):
    return _new_page(call, _form(call))


@bp.post("/<call>/organize/invite/new")
@requires(Permission.SELECT_INVITEES, call_subject)
def propose(call: CallFacts):
    form = _form(call)
    if not form.accepted():
        return _new_page(call, form)
    wanted = Wanted(form.limits.data, form.name.data)
    try:
        with transaction() as session:
            job_id = propose_selection(
                session, call=call, wanted=wanted, proposer_id=g.identity.person_id, now=utcnow()
            )
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _new_page(call, form)
    return redirect(url_for("jobs.page", job_id=job_id), 303)


def _form(call: CallFacts) -> NewSelectionForm:
    needed_limits(call)
    offered = [each for each in limit_sets(db.session(), call=call) if each.state in OFFERED]
    in_order = sorted(offered, key=lambda each: (OFFERED.index(each.state), -each.id))
    return new_selection_form([(each.id, _set_name(each)) for each in in_order])


def _set_name(facts: LimitSetFacts) -> str:
    return _("Limits %(id)s: %(state)s", id=facts.id, state=_(LIMIT_WORDS[facts.state]))


def _new_page(call: CallFacts, form: NewSelectionForm):
    return render_template("invitations/new.html", form=form), form.status
