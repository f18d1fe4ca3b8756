"""Panelists propose people, and see what became of their own proposals, nothing else."""

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission, Role
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.invitations.forms.nominations import PanelProposalForm
from solicit.invitations.queries.proposals import own_proposals, panel_names
from solicit.invitations.service.nominate import ConsentLinks, NewNomination, nominate
from solicit.invitations.views import bp
from solicit.web.facets import list_url
from solicit.web.limits import asker, limiter
from solicit.web.pagination import paginate, window_from

ADDRESS = "/<call>/review/candidates"


@bp.get(ADDRESS)
@requires(Permission.PROPOSE_CANDIDATE, call_subject)
def panel_proposals(call: CallFacts):
    return _page(call, _form(call))


@bp.post(ADDRESS)
@limiter.limit("20 per hour", key_func=asker, deduct_when=lambda answer: answer.status_code == 303)
@requires(Permission.PROPOSE_CANDIDATE, call_subject)
def propose_candidate(call: CallFacts):
    form = _form(call)
    if not form.accepted():
        return _page(call, form)
    new = NewNomination(
        email=form.email.data,
        full_name=form.full_name.data,
        theme_id=call.theme(form.theme.data).id,
        statement=form.statement.data,
        panel_id=int(form.panel.data),
    )
    links, proposer_id = ConsentLinks(current_app.config["SECRET_KEY"]), g.identity.person_id
    try:
        with transaction() as session:
            nominate(session, call=call, new=new, links=links, proposer_id=proposer_id, now=utcnow())
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _page(call, form)
    flash(_("Thank you. We ask this person for their consent by mail, unless they said no before."), "success")
    return redirect(url_for(".panel_proposals"), 303)


def _form(call: CallFacts) -> PanelProposalForm:
    """The form of somebody who may speak for their panels of this call."""
    seats = (grant for grant in g.identity.grants if grant.call_id == call.id)
    panel_ids = frozenset(grant.panel_id for grant in seats if grant.role in (Role.PANELIST, Role.CHAIR))
    form = PanelProposalForm().offer(call.themes)
    return form.offer_panels(panel_names(db.session(), panel_ids=panel_ids))


def _page(call: CallFacts, form: PanelProposalForm):
    window = window_from(request.args.get("page"))
    rows, total = own_proposals(db.session(), call=call, proposer_id=g.identity.person_id, window=window)
    pager = paginate(window, total, lambda page: list_url({}, page=page))
    return render_template("invitations/panel_proposals.html", form=form, rows=rows, pagination=pager), form.status
