"""What scoring again changed, for who runs the round."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts
from solicit.db import db
from solicit.panels.queries.discussion.moves import moves
from solicit.panels.queries.rounds import round_page, round_subject
from solicit.panels.views import bp


@bp.get("/<call>/organize/panels/rounds/<id:round_id>/rescoring")
@requires(Permission.RUN_ROUND, round_subject)
def rescoring(call: CallFacts, round_id: int):
    round_ = round_page(db.session(), round_id=round_id)
    if round_.is_first or not round_.is_scoring or round_.state in ("draft", "open"):
        flash(_("This is shown when a round of scoring again has closed."), "warning")
        return redirect(url_for(".round", round_id=round_id), 303)
    found = moves(db.session(), call=call, round_id=round_id, first_id=round_.first_id, viewer_id=g.identity.person_id)
    return render_template("panels/rescoring.html", round=round_, moves=found)
