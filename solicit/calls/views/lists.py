"""The lists of a call that its organizers arrange: missions, and reasons for being out of scope."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls import queries, service
from solicit.calls.forms.lists import MissionForm, ReasonForm
from solicit.calls.views import bp
from solicit.calls.views.by_whom import by_whom
from solicit.db import db, transaction
from solicit.web.forms import ActionForm


@bp.get("/<call>/organize/missions")
@requires(Permission.ARRANGE_CALL, queries.call_subject)
def arrange_missions(call: queries.CallFacts):
    return _missions_page(call, MissionForm(formdata=None))


@bp.post("/<call>/organize/missions")
@requires(Permission.ARRANGE_CALL, queries.call_subject)
def add_mission(call: queries.CallFacts):
    form = MissionForm()
    if not form.accepted():
        return _missions_page(call, form), form.status
    with transaction() as session:
        service.add_mission(session, call_id=call.id, **form.words(), **by_whom())
    flash(_("The mission is on the list."), "success")
    return redirect(url_for(".arrange_missions"), 303)


@bp.route("/<call>/organize/missions/<id:mission_id>", methods=["GET", "POST"])
@requires(Permission.ARRANGE_CALL, queries.mission_subject)
def change_mission(call: queries.CallFacts, mission_id: int):
    mission = next(known for known in queries.missions(db.session(), call.id) if known.id == mission_id)
    form = MissionForm(obj=mission)
    if not form.accepted():
        return render_template("calls/change_mission.html", form=form, mission=mission), form.status
    with transaction() as session:
        service.change_mission(session, call_id=call.id, mission_id=mission_id, **form.words(), **by_whom())
    flash(_("The mission is saved."), "success")
    return redirect(url_for(".arrange_missions"), 303)


@bp.post("/<call>/organize/missions/<id:mission_id>/<any(up, down):direction>")
@requires(Permission.ARRANGE_CALL, queries.mission_subject)
def move_mission(call: queries.CallFacts, mission_id: int, direction: str):
    if ActionForm().accepted():
        with transaction() as session:
            service.move_mission(session, call_id=call.id, mission_id=mission_id, up=direction == "up", **by_whom())
    return redirect(url_for(".arrange_missions", _anchor=f"mission-{mission_id}"), 303)


@bp.post("/<call>/organize/missions/<id:mission_id>/<any(offer, stop):choice>")
@requires(Permission.ARRANGE_CALL, queries.mission_subject)
def offer_mission(call: queries.CallFacts, mission_id: int, choice: str):
    if ActionForm().accepted():
        with transaction() as session:
            service.offer_mission(
                session, call_id=call.id, mission_id=mission_id, is_offered=choice == "offer", **by_whom()
            )
    return redirect(url_for(".arrange_missions", _anchor=f"mission-{mission_id}"), 303)


@bp.get("/<call>/organize/reasons")
@requires(Permission.ARRANGE_CALL, queries.call_subject)
def arrange_reasons(call: queries.CallFacts):
    return _reasons_page(call, ReasonForm(formdata=None))


@bp.post("/<call>/organize/reasons")
@requires(Permission.ARRANGE_CALL, queries.call_subject)
def add_reason(call: queries.CallFacts):
    form = ReasonForm()
    if not form.accepted():
        return _reasons_page(call, form), form.status
    with transaction() as session:
        service.add_reason(session, call_id=call.id, **form.words(), **by_whom())
    flash(_("The reason is on the list."), "success")
    return redirect(url_for(".arrange_reasons"), 303)


@bp.route("/<call>/organize/reasons/<id:reason_id>", methods=["GET", "POST"])
@requires(Permission.ARRANGE_CALL, queries.reason_subject)
def change_reason(call: queries.CallFacts, reason_id: int):
    reason = next(known for known in queries.reasons(db.session(), call.id) if known.id == reason_id)
    form = ReasonForm(obj=reason)
    if not form.accepted():
        return render_template("calls/change_reason.html", form=form, reason=reason), form.status
    with transaction() as session:
        service.change_reason(session, call_id=call.id, reason_id=reason_id, **form.words(), **by_whom())
    flash(_("The reason is saved."), "success")
    return redirect(url_for(".arrange_reasons"), 303)


@bp.post("/<call>/organize/reasons/<id:reason_id>/<any(up, down):direction>")
@requires(Permission.ARRANGE_CALL, queries.reason_subject)
def move_reason(call: queries.CallFacts, reason_id: int, direction: str):
    if ActionForm().accepted():
        with transaction() as session:
            service.move_reason(session, call_id=call.id, reason_id=reason_id, up=direction == "up", **by_whom())
    return redirect(url_for(".arrange_reasons", _anchor=f"reason-{reason_id}"), 303)


@bp.post("/<call>/organize/reasons/<id:reason_id>/<any(offer, stop):choice>")
@requires(Permission.ARRANGE_CALL, queries.reason_subject)
def offer_reason(call: queries.CallFacts, reason_id: int, choice: str):
    if ActionForm().accepted():
        with transaction() as session:
            service.offer_reason(
                session, call_id=call.id, reason_id=reason_id, is_offered=choice == "offer", **by_whom()
            )
    return redirect(url_for(".arrange_reasons", _anchor=f"reason-{reason_id}"), 303)


def _missions_page(call: queries.CallFacts, form: MissionForm) -> str:
    listed = queries.missions(db.session(), call.id)
    return render_template("calls/arrange_missions.html", form=form, missions=listed)


def _reasons_page(call: queries.CallFacts, form: ReasonForm) -> str:
    return render_template("calls/arrange_reasons.html", form=form, reasons=queries.reasons(db.session(), call.id))
