"""Rounds: prepared, assigned, opened and closed by organizers."""

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.jobs.service import start_job
from solicit.panels.forms.rounds import AssignForm, RoundForm, values_of_round
from solicit.panels.queries import rounds as queries
from solicit.panels.service import rounds as service
from solicit.panels.views import bp
from solicit.web.counting import ngettext
from solicit.web.forms import ActionForm
from solicit.web.pagination import paginate, window_from

N_STEPS = 2
USUAL_REVIEWS = 3


@bp.get("/<call>/organize/panels/rounds/new")
@requires(Permission.RUN_PANELS, call_subject)
def new_round(call: CallFacts):
    return render_template("panels/round_form.html", form=RoundForm(data={"reviews_per_question": USUAL_REVIEWS}))


@bp.post("/<call>/organize/panels/rounds/new")
@requires(Permission.RUN_PANELS, call_subject)
def create_round(call: CallFacts):
    form = RoundForm()
    if not form.accepted():
        return render_template("panels/round_form.html", form=form), 422
    try:
        with transaction() as session:
            round_id = service.create_round(
                session, call=call, new=form.new_round(), actor_id=g.identity.person_id, now=utcnow()
            )
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return render_template("panels/round_form.html", form=form), 422
    flash(_("The round is prepared. Assign its questions next."), "success")
    return redirect(url_for(".round", round_id=round_id), 303)


@bp.get("/<call>/organize/panels/rounds/<id:round_id>", endpoint="round")
@requires(Permission.RUN_PANELS, queries.round_subject)
def round_(call: CallFacts, round_id: int):
    return _round_page(call, round_id, AssignForm())


@bp.get("/<call>/organize/panels/rounds/<id:round_id>/edit")
@requires(Permission.RUN_PANELS, queries.round_subject)
def edit_round(call: CallFacts, round_id: int):
    view = queries.round_page(db.session(), round_id=round_id)
    if view.state != "draft":
        flash(_("This round has opened: its dates and criteria are fixed."), "warning")
        return redirect(url_for(".round", round_id=round_id), 303)
    return render_template("panels/round_form.html", form=RoundForm(data=values_of_round(view)), round=view)


@bp.post("/<call>/organize/panels/rounds/<id:round_id>/edit")
@requires(Permission.RUN_PANELS, queries.round_subject)
def change_round(call: CallFacts, round_id: int):
    form = RoundForm()
    view = queries.round_page(db.session(), round_id=round_id)
    if not form.accepted():
        return render_template("panels/round_form.html", form=form, round=view), 422
    try:
        with transaction() as session:
            service.change_round(
                session, round_id=round_id, new=form.new_round(), actor_id=g.identity.person_id, now=utcnow()
            )
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return render_template("panels/round_form.html", form=form, round=view), 409
    flash(_("The round was changed."), "success")
    return redirect(url_for(".round", round_id=round_id), 303)


@bp.post("/<call>/organize/panels/rounds/<id:round_id>/assign")
@requires(Permission.RUN_PANELS, queries.round_subject)
def assign(call: CallFacts, round_id: int):
    form = AssignForm()
    if not form.accepted():
        return _round_page(call, round_id, form), 422
    try:
        with transaction() as session:
            job_id = start_job(
                session,
                kind="panels.assign",
                call_id=call.id,
                task="panels.assign",
                n_steps=N_STEPS,
                started_by_id=g.identity.person_id,
                now=utcnow(),
                round_id=round_id,
                accept_fewer=form.accept_fewer.data,
                actor_id=g.identity.person_id,
                result_path=url_for(".round", round_id=round_id),
            )
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _round_page(call, round_id, form), 409
    return redirect(url_for("jobs.page", job_id=job_id), 303)


@bp.get("/<call>/organize/panels/rounds/<id:round_id>/<any(open, close, reopen):step>")
@requires(Permission.RUN_PANELS, queries.round_subject)
def confirm_move(call: CallFacts, round_id: int, step: str):
    view = queries.round_page(db.session(), round_id=round_id)
    return render_template("panels/round_move.html", round=view, step=step, form=ActionForm())


@bp.post("/<call>/organize/panels/rounds/<id:round_id>/<any(open, close, reopen):step>")
@requires(Permission.RUN_PANELS, queries.round_subject)
def move_round(call: CallFacts, round_id: int, step: str):
    form = ActionForm()
    if form.accepted():
        try:
            with transaction() as session:
                _MOVES[step](session, round_id=round_id, actor_id=g.identity.person_id, now=utcnow())
            return redirect(url_for(".round", round_id=round_id), 303)
        except DomainError as error:
            form.refuse(_(error.message, **error.params))
    view = queries.round_page(db.session(), round_id=round_id)
    return render_template("panels/round_move.html", round=view, step=step, form=form), 409


def _open(session, **values) -> None:
    told = service.open_round(session, **values)
    flash(
        ngettext(
            "The round is open. %(num)s panelist is told.", "The round is open. %(num)s panelists are told.", told
        ),
        "success",
    )


def _close(session, **values) -> None:
    service.close_round(session, **values)
    flash(_("The round is closed. Its ranking can be frozen now."), "success")


def _reopen(session, **values) -> None:
    service.reopen_round(session, **values)
    flash(_("The round is open again."), "success")


_MOVES = {"open": _open, "close": _close, "reopen": _reopen}


def _round_page(call: CallFacts, round_id: int, form: AssignForm) -> str:
    window = window_from(request.args.get("page"))
    view = queries.round_page(db.session(), round_id=round_id)
    covered = queries.coverage(db.session(), call=call, round_=view, viewer_id=g.identity.person_id, window=window)
    pagination = paginate(window, covered.n_short, lambda page: url_for(".round", round_id=round_id, page=page))
    return render_template("panels/round.html", round=view, coverage=covered, form=form, pagination=pagination)
