"""The organizers' desk: panels and their panelists."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires, typed_before_proof
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.panels.forms.desk import PanelForm, SeatedForm, SeatForm
from solicit.panels.queries import desk as queries
from solicit.panels.queries.round_rows import round_rows
from solicit.panels.service import seats as service
from solicit.panels.states import EXPERTISE_WORDS
from solicit.panels.views import bp
from solicit.web.forms import ActionForm
from solicit.web.pagination import paginate, window_from

USUAL_SEAT = {"languages": "en", "min_load": 0, "max_load": 40}


@bp.get("/<call>/organize/panels")
@requires(Permission.RUN_PANELS, call_subject)
def desk(call: CallFacts):
    return _desk_page(call, PanelForm().offer(call.themes))


@bp.post("/<call>/organize/panels")
@requires(Permission.RUN_PANELS, call_subject)
def add_panel(call: CallFacts):
    form = PanelForm().offer(call.themes)
    if not form.accepted():
        return _desk_page(call, form), 422
    values = {"name": form.name.data, "theme_id": form.theme_id(call.themes)}
    try:
        with transaction() as session:
            panel_id = service.add_panel(session, call=call, actor_id=g.identity.person_id, now=utcnow(), **values)
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _desk_page(call, form), 422
    flash(_("The panel was added. Seat its panelists."), "success")
    return redirect(url_for(".panel", panel_id=panel_id), 303)


@bp.get("/<call>/organize/panels/<id:panel_id>")
@requires(Permission.RUN_PANELS, queries.panel_subject)
def panel(call: CallFacts, panel_id: int):
    return _panel_page(call, panel_id, SeatForm(data=USUAL_SEAT | typed_before_proof()))


@bp.post("/<call>/organize/panels/<id:panel_id>")
@requires(Permission.RUN_PANELS, queries.panel_subject, fresh=True)
def seat(call: CallFacts, panel_id: int):
    form = SeatForm()
    if not form.accepted():
        return _panel_page(call, panel_id, form), 422
    try:
        with transaction() as session:
            service.seat_panelist(
                session, call=call, panel_id=panel_id, seat=form.seat(), actor_id=g.identity.person_id, now=utcnow()
            )
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _panel_page(call, panel_id, form), 422
    flash(_("The seat was saved."), "success")
    return redirect(url_for(".panel", panel_id=panel_id), 303)


@bp.get("/<call>/organize/panels/<id:panel_id>/panelists/<id:person_id>")
@requires(Permission.RUN_PANELS, queries.panel_subject)
def edit_seat(call: CallFacts, panel_id: int, person_id: int):
    view = queries.seat_of(db.session(), panel_id=panel_id, person_id=person_id) or abort(404)
    return _seat_page(panel_id, person_id, view, SeatedForm(data=vars(view) | typed_before_proof()))


@bp.post("/<call>/organize/panels/<id:panel_id>/panelists/<id:person_id>")
@requires(Permission.RUN_PANELS, queries.panel_subject, fresh=True)
def change_seat(call: CallFacts, panel_id: int, person_id: int):
    view = queries.seat_of(db.session(), panel_id=panel_id, person_id=person_id) or abort(404)
    form = SeatedForm()
    if not form.accepted():
        return _seat_page(panel_id, person_id, view, form), 422
    changed = dict(panel_id=panel_id, person_id=person_id, seat=form.seat())
    with transaction() as session:
        service.change_seat(session, call=call, actor_id=g.identity.person_id, now=utcnow(), **changed)
    flash(_("The seat was saved."), "success")
    return redirect(url_for(".panel", panel_id=panel_id), 303)


@bp.get("/<call>/organize/panels/<id:panel_id>/panelists/<id:person_id>/unseat")
@requires(Permission.RUN_PANELS, queries.panel_subject)
def confirm_unseat(call: CallFacts, panel_id: int, person_id: int):
    name = queries.panelist_name(db.session(), panel_id=panel_id, person_id=person_id) or abort(404)
    return render_template("panels/unseat.html", panel_id=panel_id, person_id=person_id, name=name)


@bp.post("/<call>/organize/panels/<id:panel_id>/panelists/<id:person_id>/unseat")
@requires(Permission.RUN_PANELS, queries.panel_subject, fresh=True)
def unseat(call: CallFacts, panel_id: int, person_id: int):
    if ActionForm().accepted():
        with transaction() as session:
            service.unseat_panelist(
                session,
                call=call,
                panel_id=panel_id,
                person_id=person_id,
                actor_id=g.identity.person_id,
                now=utcnow(),
            )
        flash(_("The seat was taken back."), "success")
    return redirect(url_for(".panel", panel_id=panel_id), 303)


def _desk_page(call: CallFacts, form: PanelForm) -> str:
    return render_template(
        "panels/desk.html",
        form=form,
        panels=queries.panel_rows(db.session(), call=call),
        rounds=round_rows(db.session(), call_id=call.id),
    )


def _panel_page(call: CallFacts, panel_id: int, form: SeatForm) -> str:
    window = window_from(request.args.get("page"))
    view = queries.panel_page(db.session(), call=call, panel_id=panel_id, window=window)
    pagination = paginate(window, view.n_panelists, lambda page: url_for(".panel", panel_id=panel_id, page=page))
    return render_template("panels/panel.html", form=form, panel=view, pagination=pagination, levels=EXPERTISE_WORDS)


def _seat_page(panel_id: int, person_id: int, view: queries.SeatView, form: SeatedForm) -> str:
    return render_template("panels/seat_form.html", form=form, view=view, panel_id=panel_id, person_id=person_id)
