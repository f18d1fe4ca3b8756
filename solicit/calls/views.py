"""The public pages of a call, its lists, and what every address below a call shares."""

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import public, requires
from solicit.access.policy import Permission, Subject, permits
from solicit.calls import queries, service
from solicit.calls.forms import MissionForm, ReasonForm
from solicit.calls.states import CallState
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.reports.queries.public_counts import public_counts
from solicit.web.forms import ActionForm
from solicit.web.pages import current_language
from solicit.web.text import render_markdown

bp = Blueprint("calls", __name__)

KEPT = ("keep_mail_days", "keep_imports_days", "keep_panelists_days")


@bp.app_url_value_preprocessor
def load_call(endpoint: str | None, values: dict | None) -> None:
    """Turn the call's part of an address into its facts, for the view and for ``g``.

    A draft exists only for its organizers. This comes before any other check of the request, and the call is
    not in ``g`` yet: a draft must not be told from a call that does not exist.
    """
    if not values or "call" not in values:
        return
    call = queries.call_facts(db.session(), slug=values["call"]) or abort(404)
    is_organizer = permits(g.identity, Permission.SEE_DASHBOARD, Subject(call_id=call.id))
    if call.state is CallState.DRAFT and not is_organizer:
        abort(404)
    g.call = values["call"] = call


def stand_in_open_call() -> None:
    """Give pages of no call, such as an account, the frame of the only open call."""
    if "call" not in g and (request.endpoint or "").startswith(("people.", "mail.")):
        g.call = queries.only_open_call(db.session())


@bp.app_url_defaults
def stay_in_call(endpoint: str, values: dict) -> None:
    """Links stay in the call and language of the page they are on."""
    if (
        "call" not in values
        and getattr(g, "call", None)
        and current_app.url_map.is_endpoint_expecting(endpoint, "call")
    ):
        values["call"] = g.call.slug
    if "lang" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        values["lang"] = current_language()


@bp.get("/")
@bp.get("/<locale:lang>/")
@public
def home(lang: str | None = None):
    calls = queries.public_calls(db.session())
    open_calls = [call for call in calls if call.state is CallState.OPEN]
    if len(open_calls) == 1:
        return redirect(url_for(".page", call=open_calls[0].slug), 302)
    return render_template("calls/home.html", calls=calls)


@bp.get("/<locale:lang>/<call>/")
@public
def page(lang: str, call: queries.CallFacts):
    view = queries.call_page(db.session(), call_id=call.id, now=utcnow())
    counts = public_counts(db.session(), call_id=call.id)
    return render_template("calls/page.html", call=call, view=view, counts=counts, about=render_markdown(view.about))


@bp.get("/<locale:lang>/<call>/missions")
@public
def missions(lang: str, call: queries.CallFacts):
    return render_template("calls/missions.html", missions=queries.missions(db.session(), call.id))


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
        service.add_mission(session, call_id=call.id, **form.words(), **_by_whom())
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
        service.change_mission(session, call_id=call.id, mission_id=mission_id, **form.words(), **_by_whom())
    flash(_("The mission is saved."), "success")
    return redirect(url_for(".arrange_missions"), 303)


@bp.post("/<call>/organize/missions/<id:mission_id>/<any(up, down):direction>")
@requires(Permission.ARRANGE_CALL, queries.mission_subject)
def move_mission(call: queries.CallFacts, mission_id: int, direction: str):
    if ActionForm().accepted():
        with transaction() as session:
            service.move_mission(session, call_id=call.id, mission_id=mission_id, up=direction == "up", **_by_whom())
    return redirect(url_for(".arrange_missions", _anchor=f"mission-{mission_id}"), 303)


@bp.post("/<call>/organize/missions/<id:mission_id>/<any(offer, stop):choice>")
@requires(Permission.ARRANGE_CALL, queries.mission_subject)
def offer_mission(call: queries.CallFacts, mission_id: int, choice: str):
    if ActionForm().accepted():
        with transaction() as session:
            service.offer_mission(
                session, call_id=call.id, mission_id=mission_id, is_offered=choice == "offer", **_by_whom()
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
        service.add_reason(session, call_id=call.id, **form.words(), **_by_whom())
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
        service.change_reason(session, call_id=call.id, reason_id=reason_id, **form.words(), **_by_whom())
    flash(_("The reason is saved."), "success")
    return redirect(url_for(".arrange_reasons"), 303)


@bp.post("/<call>/organize/reasons/<id:reason_id>/<any(up, down):direction>")
@requires(Permission.ARRANGE_CALL, queries.reason_subject)
def move_reason(call: queries.CallFacts, reason_id: int, direction: str):
    if ActionForm().accepted():
        with transaction() as session:
            service.move_reason(session, call_id=call.id, reason_id=reason_id, up=direction == "up", **_by_whom())
    return redirect(url_for(".arrange_reasons", _anchor=f"reason-{reason_id}"), 303)


@bp.post("/<call>/organize/reasons/<id:reason_id>/<any(offer, stop):choice>")
@requires(Permission.ARRANGE_CALL, queries.reason_subject)
def offer_reason(call: queries.CallFacts, reason_id: int, choice: str):
    if ActionForm().accepted():
        with transaction() as session:
            service.offer_reason(
                session, call_id=call.id, reason_id=reason_id, is_offered=choice == "offer", **_by_whom()
            )
    return redirect(url_for(".arrange_reasons", _anchor=f"reason-{reason_id}"), 303)


@bp.get("/<locale:lang>/<call>/methods")
@public
def methods(lang: str, call: queries.CallFacts):
    return render_template("calls/methods.html", call=call)


@bp.get("/<locale:lang>/<call>/accessibility")
@public
def accessibility(lang: str, call: queries.CallFacts):
    return render_template("calls/accessibility.html", call=call)


@bp.get("/<locale:lang>/<call>/privacy")
@public
def privacy(lang: str, call: queries.CallFacts):
    settings = current_app.extensions["settings"]
    kept = {name: getattr(settings, name) for name in ("contact", *KEPT)}
    return render_template("calls/privacy.html", call=call, **kept)


def _missions_page(call: queries.CallFacts, form: MissionForm) -> str:
    listed = queries.missions(db.session(), call.id)
    return render_template("calls/arrange_missions.html", form=form, missions=listed)


def _reasons_page(call: queries.CallFacts, form: ReasonForm) -> str:
    return render_template("calls/arrange_reasons.html", form=form, reasons=queries.reasons(db.session(), call.id))


def _by_whom() -> dict:
    return {"actor_id": g.identity.person_id, "now": utcnow()}
