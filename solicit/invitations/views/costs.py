"""What bringing one person to the meeting costs."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.invitations.forms.costs import band_words, costs_form
from solicit.invitations.queries.costs import cost_rates
from solicit.invitations.service.costs import reset_costs as go_back
from solicit.invitations.service.costs import set_costs
from solicit.invitations.views import bp
from solicit.web.forms import ActionForm


@bp.route("/<call>/organize/invite/costs", methods=["GET", "POST"])
@requires(Permission.SELECT_INVITEES, call_subject)
def costs(call: CallFacts):
    rates = cost_rates(db.session(), call=call)
    form = costs_form(rates)
    if not form.accepted():
        regions = [(row, band_words(row.band)) for row in rates.per_region()]
        return render_template("invitations/costs.html", form=form, rates=rates, regions=regions), form.status
    with transaction() as session:
        set_costs(
            session,
            call_id=call.id,
            settings=form.settings(),
            bands=form.band_prices(),
            band_of=form.band_of(),
            actor_id=g.identity.person_id,
            now=utcnow(),
        )
    flash(_("The costs are saved. Saved selections keep the costs they were made with."), "success")
    return redirect(url_for(".costs"), 303)


@bp.post("/<call>/organize/invite/costs/defaults")
@requires(Permission.SELECT_INVITEES, call_subject)
def reset_costs(call: CallFacts):
    if ActionForm().accepted():
        with transaction() as session:
            go_back(session, call_id=call.id, actor_id=g.identity.person_id, now=utcnow())
        flash(_("The defaults are back. Saved selections keep the costs they were made with."), "success")
    return redirect(url_for(".costs"), 303)
