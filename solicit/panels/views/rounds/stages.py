"""Staged rounds: how far they are, going on, and calling back a question."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.jobs.service import defer
from solicit.panels.forms.recall import RecallForm
from solicit.panels.queries.recalls import recall_page, staged_subject
from solicit.panels.queries.rounds import round_subject
from solicit.panels.queries.stages import stages_page
from solicit.panels.service import assign as service
from solicit.panels.views import bp
from solicit.web.forms import ActionForm


@bp.get("/<call>/organize/panels/rounds/<id:round_id>/stages")
@requires(Permission.RUN_ROUND, round_subject)
def stages(call: CallFacts, round_id: int):
    view = stages_page(db.session(), call=call, round_id=round_id)
    return render_template("panels/stages.html", view=view, form=ActionForm())


@bp.post("/<call>/organize/panels/rounds/<id:round_id>/stages")
@requires(Permission.RUN_ROUND, round_subject)
def go_on(call: CallFacts, round_id: int):
    if ActionForm().accepted():
        with transaction() as session:
            defer(session, "panels.go_on", round_id=round_id, actor_id=g.identity.person_id)
        flash(
            _("The next batch is being computed. It is on this page in a moment, if the round has one left."), "success"
        )
    return redirect(url_for(".stages", round_id=round_id), 303)


@bp.get("/<call>/review/rounds/<id:round_id>/recall")
@requires(Permission.SEE_REVIEW_QUEUE, staged_subject)
def recalls(call: CallFacts, round_id: int):
    return _page(round_id, RecallForm())


@bp.post("/<call>/review/rounds/<id:round_id>/recall")
@requires(Permission.SEE_REVIEW_QUEUE, staged_subject)
def recall(call: CallFacts, round_id: int):
    form = RecallForm()
    if not form.accepted():
        return _page(round_id, form), 422
    asked = dict(round_id=round_id, label=form.label.data, reason=form.reason.data)
    try:
        with transaction() as session:
            service.recall_question(session, **asked, person_id=g.identity.person_id, now=utcnow())
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _page(round_id, form), 409
    # The same words whatever the others asked for.
    flash(_("Noted. A question that two panelists ask for comes back with the next batch."), "success")
    return redirect(url_for(".recalls", round_id=round_id), 303)


def _page(round_id: int, form: RecallForm) -> str:
    view = recall_page(db.session(), round_id=round_id, person_id=g.identity.person_id)
    return render_template("panels/recalls.html", view=view, form=form)
