"""Sessions and slots of the programme, changed by hand."""

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import Conflict, DomainError
from solicit.invitations.forms.outcomes import VersionForm
from solicit.invitations.forms.programme import (
    ChangeSessionForm,
    ChangeSlotForm,
    SessionForm,
    SlotForm,
    question_choices,
    session_values,
    slot_values,
    speaker_choices,
)
from solicit.invitations.queries.meeting import MeetingView, meeting_of
from solicit.invitations.queries.programme.page import (
    SessionView,
    SlotPage,
    one_slot,
    programme,
)
from solicit.invitations.queries.programme.questions import meeting_questions
from solicit.invitations.queries.programme.speakers import session_subject, slot_subject, speakers
from solicit.invitations.queries.sight import Sight, sight_of
from solicit.invitations.service.programme import sessions as service
from solicit.invitations.service.programme.layout import BLOCK_MINUTES, USUAL_SLOT
from solicit.invitations.views import bp
from solicit.invitations.views.programme import PROGRAMME
from solicit.web.forms import ActionForm

SESSIONS = PROGRAMME + "/sessions"
SLOTS = PROGRAMME + "/slots"


@bp.route(SESSIONS + "/new", methods=["GET", "POST"])
@requires(Permission.RUN_MEETING, call_subject)
def add_session(call: CallFacts):
    meeting = _meeting(call)
    form = SessionForm(data={"minutes": BLOCK_MINUTES}).offer(call, meeting.days)
    if form.accepted():
        with transaction() as session:
            values = form.values(call, meeting)
            session_id = service.add_session(session, call_id=call.id, values=values, **_by_whom())
        return redirect(url_for(".session", session_id=session_id), 303)
    return render_template("invitations/add_session.html", form=form, meeting=meeting), form.status


@bp.route(SESSIONS + "/<id:session_id>", methods=["GET", "POST"], endpoint="session")
@requires(Permission.RUN_MEETING, session_subject)
def session_page(call: CallFacts, session_id: int):
    meeting, view = _session(call, session_id)
    form = ChangeSessionForm(data=session_values(view)).offer(call, _days(meeting, view))
    conflicting = None
    if form.accepted():
        try:
            _change_session(call, meeting, session_id, form)
            flash(_("The session was changed."), "success")
            return redirect(url_for(".programme", _anchor=f"session-{session_id}"), 303)
        except Conflict as error:
            meeting, view = _session(call, session_id)
            form.refuse(_(error.message))
            form.start_from(view.version)
            conflicting = view
    page = dict(form=form, view=view, meeting=meeting, conflicting=conflicting, action=ActionForm())
    return render_template("invitations/session.html", **page), 409 if conflicting else form.status


@bp.post(SESSIONS + "/<id:session_id>/<any(up, down):direction>")
@requires(Permission.RUN_MEETING, session_subject)
def move_session(call: CallFacts, session_id: int, direction: str):
    if ActionForm().accepted():
        with transaction() as session:
            which = dict(call_id=call.id, session_id=session_id, is_earlier=direction == "up")
            service.move_session(session, **which, **_by_whom())
    return redirect(url_for(".programme", _anchor=f"session-{session_id}"), 303)


@bp.post(SESSIONS + "/<id:session_id>/remove")
@requires(Permission.RUN_MEETING, session_subject)
def remove_session(call: CallFacts, session_id: int):
    form = VersionForm()
    if not form.accepted():
        return redirect(url_for(".session", session_id=session_id), 303)
    try:
        with transaction() as session:
            which = dict(call_id=call.id, session_id=session_id, version=form.version.data)
            service.remove_session(session, **which, **_by_whom())
    except Conflict:
        flash(_("Someone changed this session in the meantime. Look at it, then remove it."), "warning")
        return redirect(url_for(".session", session_id=session_id), 303)
    flash(_("The session was removed."), "success")
    return redirect(url_for(".programme"), 303)


@bp.route(SESSIONS + "/<id:session_id>/slots", methods=["GET", "POST"])
@requires(Permission.RUN_MEETING, session_subject)
def add_slot(call: CallFacts, session_id: int):
    form = _offer(call, SlotForm(data={"minutes": USUAL_SLOT}), _sight())
    if form.accepted():
        try:
            with transaction() as session:
                which = dict(call_id=call.id, session_id=session_id)
                service.add_slot(session, **which, values=form.values(), **_by_whom())
            return redirect(url_for(".session", session_id=session_id), 303)
        except DomainError as error:
            form.refuse(_(error.message, **error.params))
    return render_template("invitations/add_slot.html", form=form, session_id=session_id), form.status


@bp.route(SLOTS + "/<id:slot_id>", methods=["GET", "POST"])
@requires(Permission.RECORD_OUTCOME, slot_subject)
def slot(call: CallFacts, slot_id: int):
    sight = _sight()
    view = _slot(call, sight, slot_id)
    form = _offer(call, ChangeSlotForm(data=slot_values(view.slot, view.version)), sight, view)
    status = None
    if form.accepted():
        try:
            _change_slot(call, slot_id, form)
            return redirect(url_for(".session", session_id=view.slot.session_id), 303)
        except Conflict as error:
            form.refuse(_(error.message))
            view = _slot(call, sight, slot_id)
            form.start_from(view.version)
            status = 409
        except DomainError as error:
            form.refuse(_(error.message, **error.params))
    page = dict(form=form, view=view, is_conflicting=status == 409)
    return render_template("invitations/slot.html", **page), status or form.status


@bp.post(SLOTS + "/<id:slot_id>/<any(up, down):direction>")
@requires(Permission.RUN_MEETING, slot_subject)
def move_slot(call: CallFacts, slot_id: int, direction: str):
    session_id = _slot(call, _sight(), slot_id).slot.session_id
    if ActionForm().accepted():
        with transaction() as session:
            which = dict(call_id=call.id, slot_id=slot_id, is_earlier=direction == "up")
            service.move_slot(session, **which, **_by_whom())
    return redirect(url_for(".session", session_id=session_id, _anchor=f"slot-{slot_id}"), 303)


@bp.post(SLOTS + "/<id:slot_id>/remove")
@requires(Permission.RECORD_OUTCOME, slot_subject)
def remove_slot(call: CallFacts, slot_id: int):
    session_id, form = _slot(call, _sight(), slot_id).slot.session_id, VersionForm()
    if form.accepted():
        try:
            with transaction() as session:
                which = dict(call_id=call.id, slot_id=slot_id, version=form.version.data)
                service.remove_slot(session, **which, **_by_whom())
            flash(_("The slot was removed."), "success")
        except Conflict:
            flash(_("Someone changed this session in the meantime. Look at it, then remove the slot."), "warning")
    return redirect(url_for(".session", session_id=session_id), 303)


def _by_whom() -> dict:
    return {"actor_id": g.identity.person_id, "now": utcnow()}


def _sight() -> Sight:
    return sight_of(db.session(), viewer_id=g.identity.person_id)


def _meeting(call: CallFacts) -> MeetingView:
    return meeting_of(db.session(), call_id=call.id) or abort(404)


def _session(call: CallFacts, session_id: int) -> tuple[MeetingView, SessionView]:
    view = programme(db.session(), call=call, sight=_sight())
    found = view.session(session_id) or abort(404)
    return view.meeting, found


def _slot(call: CallFacts, sight: Sight, slot_id: int) -> SlotPage:
    return one_slot(db.session(), call=call, sight=sight, slot_id=slot_id) or abort(404)


def _days(meeting: MeetingView, view: SessionView) -> list:
    """The meeting's days, and the day that the session has."""
    return sorted({*meeting.days, *([view.day] if view.day else [])})


def _change_session(call: CallFacts, meeting: MeetingView, session_id: int, form: ChangeSessionForm) -> None:
    with transaction() as session:
        service.change_session(
            session,
            call_id=call.id,
            session_id=session_id,
            version=form.version.data,
            values=form.values(call, meeting),
            **_by_whom(),
        )


def _change_slot(call: CallFacts, slot_id: int, form: ChangeSlotForm) -> None:
    with transaction() as session:
        service.change_slot(
            session,
            call_id=call.id,
            slot_id=slot_id,
            version=form.version.data,
            values=form.values(),
            **_by_whom(),
        )


def _offer(call: CallFacts, form: SlotForm, sight: Sight, view: SlotPage | None = None) -> SlotForm:
    questions = meeting_questions(db.session(), call=call)
    people = speakers(db.session(), call=call, sight=sight)
    known = view.slot if view else None
    return form.offer(
        question_choices(questions, sight.question_ids, known),
        speaker_choices(people, known.question_id if known else None),
    )
