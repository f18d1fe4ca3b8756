"""Whoever runs a round lets its questions be merged while it is open, or no longer."""

from flask import flash, g, redirect, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts
from solicit.clock import utcnow
from solicit.db import transaction
from solicit.errors import DomainError
from solicit.panels.queries.rounds import round_subject
from solicit.panels.service.merging import agree_to_merging as agree
from solicit.panels.views import bp
from solicit.web.forms import ActionForm


@bp.post("/<call>/organize/panels/rounds/<id:round_id>/merging/<any(yes, no):agreement>")
@requires(Permission.AGREE_TO_MERGING, round_subject)
def agree_to_merging(call: CallFacts, round_id: int, agreement: str):
    if ActionForm().accepted():
        agrees = agreement == "yes"
        try:
            with transaction() as session:
                agree(session, round_id=round_id, agrees=agrees, actor_id=g.identity.person_id, now=utcnow())
        except DomainError as error:
            flash(_(error.message, **error.params), "error")
        else:
            flash(_SAID[agrees](), "success")
    return redirect(url_for(".round", round_id=round_id), 303)


_SAID = {
    True: lambda: _("Organizers may now merge questions of this round while it is open."),
    False: lambda: _("Questions of this round are no longer merged while it is open."),
}
