"""Who would be asked what: computed by a job, read, then deployed or discarded."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission, Role
from solicit.calls.queries import CallFacts
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.jobs.service import start_job
from solicit.panels.queries import proposals as queries
from solicit.panels.queries.rounds import round_subject
from solicit.panels.service import assign as service
from solicit.panels.views import bp
from solicit.web.counting import ngettext
from solicit.web.forms import ActionForm

N_STEPS = 2


@bp.post("/<call>/organize/panels/rounds/<id:round_id>/propose")
@requires(Permission.RUN_ROUND, round_subject)
def propose(call: CallFacts, round_id: int):
    if not ActionForm().accepted():
        return redirect(url_for(".round", round_id=round_id), 303)
    try:
        with transaction() as session:
            job_id = start_job(
                session,
                kind="panels.assign",
                call_id=call.id,
                task="panels.propose",
                n_steps=N_STEPS,
                started_by_id=g.identity.person_id,
                now=utcnow(),
                round_id=round_id,
                actor_id=g.identity.person_id,
                result_path=url_for(".round", round_id=round_id),
            )
    except DomainError as error:
        flash(_(error.message, **error.params), "warning")
        return redirect(url_for(".round", round_id=round_id), 303)
    return redirect(url_for("jobs.page", job_id=job_id), 303)


@bp.get("/<call>/organize/panels/rounds/<id:round_id>/proposals/<id:proposal_id>")
@requires(Permission.RUN_ROUND, queries.proposal_subject)
def proposal(call: CallFacts, round_id: int, proposal_id: int):
    return _page(call, proposal_id, ActionForm())


@bp.post("/<call>/organize/panels/rounds/<id:round_id>/proposals/<id:proposal_id>/deploy")
@requires(Permission.RUN_ROUND, queries.proposal_subject)
def deploy(call: CallFacts, round_id: int, proposal_id: int):
    form = ActionForm()
    if form.accepted():
        try:
            with transaction() as session:
                done = service.deploy_proposal(
                    session, proposal_id=proposal_id, actor_id=g.identity.person_id, now=utcnow()
                )
            flash(_deployed(done), "success")
            return redirect(url_for(".round", round_id=round_id), 303)
        except DomainError as error:
            form.refuse(_(error.message, **error.params))
    return _page(call, proposal_id, form), 409


@bp.post("/<call>/organize/panels/rounds/<id:round_id>/proposals/<id:proposal_id>/discard")
@requires(Permission.RUN_ROUND, queries.proposal_subject)
def discard(call: CallFacts, round_id: int, proposal_id: int):
    form = ActionForm()
    if form.accepted():
        try:
            with transaction() as session:
                service.discard_proposal(session, proposal_id=proposal_id, actor_id=g.identity.person_id, now=utcnow())
            flash(_("The proposal was put away. Nobody was asked anything."), "success")
            return redirect(url_for(".round", round_id=round_id), 303)
        except DomainError as error:
            form.refuse(_(error.message, **error.params))
    return _page(call, proposal_id, form), 409


def _page(call: CallFacts, proposal_id: int, form: ActionForm) -> str:
    is_organizer = g.identity.holds(Role.ORGANIZER, call_id=call.id)
    view = queries.proposal_page(
        db.session(), proposal_id=proposal_id, viewer_id=g.identity.person_id, is_organizer=is_organizer
    )
    return render_template("panels/proposal.html", view=view, form=form)


def _deployed(done: service.Deployed) -> str:
    told = ngettext("%(num)s question was assigned.", "%(num)s questions were assigned.", done.n_new)
    if not done.n_dropped:
        return told
    left_out = ngettext(
        "%(num)s pair was left out: a conflict became known.",
        "%(num)s pairs were left out: conflicts became known.",
        done.n_dropped,
    )
    return f"{told} {left_out}"
