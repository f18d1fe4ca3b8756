"""Approving a selection: the second organizer's page."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts
from solicit.clock import utcnow
from solicit.db import transaction
from solicit.errors import DomainError
from solicit.invitations.queries.selections import selection_subject
from solicit.invitations.service.selecting.approve import approve_selection
from solicit.invitations.views import bp
from solicit.invitations.views.selection import read_selection
from solicit.web.counting import ngettext
from solicit.web.forms import ActionForm


@bp.get("/<call>/organize/invite/<id:selection_id>/approve")
@requires(Permission.SELECT_INVITEES, selection_subject)
def confirm_approval(call: CallFacts, selection_id: int):
    view = read_selection(call, selection_id)
    return render_template("invitations/approve.html", view=view, form=ActionForm())


@bp.post("/<call>/organize/invite/<id:selection_id>/approve")
@requires(Permission.SELECT_INVITEES, selection_subject)
def approve(call: CallFacts, selection_id: int):
    form = ActionForm()
    if form.accepted():
        try:
            n_invited = _approve(call, selection_id)
        except DomainError as error:
            form.refuse(_(error.message, **error.params))
            view = read_selection(call, selection_id)
            return render_template("invitations/approve.html", view=view, form=form), 409
        flash(ngettext("%(num)s person is selected.", "%(num)s people are selected.", n_invited), "success")
    return redirect(url_for(".page", selection_id=selection_id), 303)


def _approve(call: CallFacts, selection_id: int) -> int:
    with transaction() as session:
        return approve_selection(
            session, call_id=call.id, selection_id=selection_id, approver_id=g.identity.person_id, now=utcnow()
        )
