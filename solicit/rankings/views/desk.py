"""The desk of rankings: which there are, freezing and publishing one."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission, Subject, permits
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.jobs.service import start_job
from solicit.panels.queries.rounds import round_page
from solicit.rankings.queries import runs as queries
from solicit.rankings.service.publish import publish as publish_run
from solicit.rankings.tasks import FREEZE, N_STEPS
from solicit.rankings.views import bp
from solicit.web.forms import ActionForm


@bp.get("/<call>/organize/ranking")
@requires(Permission.SEE_RANKING, call_subject)
def index(call: CallFacts):
    closed = queries.closed_rounds(db.session(), call_id=call.id)
    return render_template(
        "rankings/index.html",
        runs=queries.runs(db.session(), call_id=call.id),
        rounds=[round_ for round_ in closed if may_freeze(call, round_.panel_id)],
    )


@bp.get("/<call>/organize/ranking/rounds/<id:round_id>/freeze")
@requires(Permission.FREEZE_RANKING, queries.series_subject)
def confirm_freeze(call: CallFacts, round_id: int):
    return _freeze_page(round_id, ActionForm())


@bp.post("/<call>/organize/ranking/rounds/<id:round_id>/freeze")
@requires(Permission.FREEZE_RANKING, queries.series_subject)
def freeze(call: CallFacts, round_id: int):
    form = ActionForm()
    if not form.accepted():
        return _freeze_page(round_id, form), 422
    try:
        with transaction() as session:
            job_id = start_job(
                session,
                kind=FREEZE,
                call_id=call.id,
                task=FREEZE,
                n_steps=N_STEPS,
                started_by_id=g.identity.person_id,
                now=utcnow(),
                call_slug=call.slug,
                round_id=round_id,
                actor_id=g.identity.person_id,
            )
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _freeze_page(round_id, form), 409
    return redirect(url_for("jobs.page", job_id=job_id), 303)


@bp.get("/<call>/organize/ranking/<id:run_id>/publish")
@requires(Permission.FREEZE_RANKING, queries.run_subject)
def confirm_publish(call: CallFacts, run_id: int):
    return _publish_page(run_id, ActionForm())


@bp.post("/<call>/organize/ranking/<id:run_id>/publish")
@requires(Permission.FREEZE_RANKING, queries.run_subject)
def publish(call: CallFacts, run_id: int):
    form = ActionForm()
    if form.accepted():
        try:
            with transaction() as session:
                publish_run(session, call=call, run_id=run_id, actor_id=g.identity.person_id, now=utcnow())
            flash(_("The ranking is published."), "success")
            return redirect(url_for(".page", run_id=run_id), 303)
        except DomainError as error:
            form.refuse(_(error.message, **error.params))
    return _publish_page(run_id, form), 409


def may_freeze(call: CallFacts, panel_id: int | None) -> bool:
    """Whether the reader may freeze, publish and correct the ranking of a round of this panel."""
    return permits(g.identity, Permission.FREEZE_RANKING, Subject(call_id=call.id, panel_id=panel_id))


def _freeze_page(round_id: int, form: ActionForm) -> str:
    view = round_page(db.session(), round_id=round_id)
    return render_template("rankings/freeze.html", round=view, form=form)


def _publish_page(run_id: int, form: ActionForm) -> str:
    return render_template("rankings/publish.html", view=queries.run_page(db.session(), run_id=run_id), form=form)
