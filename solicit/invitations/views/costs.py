"""The table of what journeys cost."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.invitations.forms import costs_form
from solicit.invitations.queries.costs import CURRENCY, cost_table
from solicit.invitations.service.costs import set_travel_costs
from solicit.invitations.views import bp


@bp.route("/<call>/organize/invite/costs", methods=["GET", "POST"])
@requires(Permission.SELECT_INVITEES, call_subject)
def costs(call: CallFacts):
    table = cost_table(db.session(), call=call)
    form = costs_form({row.subregion: row.amount_cents for row in table.rows})
    if not form.accepted():
        is_default = all(row.is_default for row in table.rows)
        page = render_template("invitations/costs.html", form=form, is_default=is_default, currency=CURRENCY)
        return page, form.status
    with transaction() as session:
        set_travel_costs(
            session,
            call_id=call.id,
            amounts_cents=form.amounts_cents(),
            actor_id=g.identity.person_id,
            now=utcnow(),
        )
    flash(_("The costs are saved. Saved selections keep the costs they were made with."), "success")
    return redirect(url_for(".costs"), 303)
