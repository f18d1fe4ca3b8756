"""The programme of the meeting: the page, its skeleton, its files, and what one person who comes sees of it."""

from flask import Response, abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.invitations.forms.programme import SkeletonForm
from solicit.invitations.queries.programme.calendar import CalendarEvent, calendar_file
from solicit.invitations.queries.programme.own import OwnProgramme, own_programme, own_subject
from solicit.invitations.queries.programme.page import Programme, SessionView, SlotView, programme
from solicit.invitations.queries.programme.questions import meeting_questions
from solicit.invitations.queries.sight import sight_of
from solicit.invitations.service.programme.skeleton import Made, Names, make_skeleton, programme_state
from solicit.invitations.views import bp
from solicit.invitations.views.documents import own
from solicit.web.addresses import public_host
from solicit.web.counting import ngettext
from solicit.web.csv import CSV_TYPE, csv_lines
from solicit.web.dates import day, wall_clock
from solicit.web.downloads import download
from solicit.web.pages import current_language
from solicit.web.pdf import pdf

PROGRAMME = "/<call>/organize/meeting/programme"
OWN = "/<locale:lang>/<call>/my/programme"
ICS_TYPE = "text/calendar; charset=utf-8"
COLUMNS = (
    "day",
    "begins",
    "ends",
    "room",
    "session",
    "theme",
    "slot_begins",
    "minutes",
    "question",
    "title",
    "speaker",
)


@bp.get(PROGRAMME, endpoint="programme")
@requires(Permission.RUN_MEETING, call_subject)
def programme_page(call: CallFacts):
    sight = sight_of(db.session(), viewer_id=g.identity.person_id)
    view = programme(db.session(), call=call, sight=sight)
    questions = meeting_questions(db.session(), call=call)
    n_missing = sum(each.is_leading and each.id not in view.question_ids for each in questions)
    return render_template("invitations/programme.html", view=view, n_missing=n_missing, has_questions=bool(questions))


@bp.get(PROGRAMME + "/skeleton")
@requires(Permission.RUN_MEETING, call_subject)
def skeleton(call: CallFacts):
    return _skeleton_page(call, SkeletonForm(formdata=None))


@bp.post(PROGRAMME + "/skeleton", endpoint="make_skeleton")
@requires(Permission.RUN_MEETING, call_subject)
def make(call: CallFacts):
    form = SkeletonForm()
    if not form.accepted():
        return _skeleton_page(call, form)
    try:
        made = _make(call, form)
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _skeleton_page(call, form)[0], 409
    _tell(made)
    return redirect(url_for(".programme"), 303)


@bp.get(PROGRAMME + ".csv")
@requires(Permission.RUN_MEETING, call_subject)
def programme_csv(call: CallFacts):
    rows = [_cells(each, slot) for each in _seen(call).sessions for slot in each.slots or (None,)]
    return download(f"{call.slug}-programme.csv", CSV_TYPE, csv_lines(COLUMNS, rows))


@bp.get(PROGRAMME + ".pdf")
@requires(Permission.RUN_MEETING, call_subject)
def programme_pdf(call: CallFacts):
    document = pdf("programme", _document(call, _seen(call)), language=current_language())
    return download(f"{call.slug}-programme.pdf", "application/pdf", [document])


@bp.get(PROGRAMME + ".ics")
@requires(Permission.RUN_MEETING, call_subject)
def programme_ics(call: CallFacts):
    view = _seen(call)
    events = [_event(view, each) for each in view.sessions if each.starts_at]
    return _calendar(events, f"{call.slug}-programme.ics")


@bp.get(OWN)
@requires(Permission.SEE_INVITATION, own_subject)
def my_programme(lang: str, call: CallFacts):
    view = own_programme(db.session(), call=call, person_id=g.identity.person_id)
    return render_template("invitations/my_programme.html", call=call, view=view)


@bp.get(OWN + ".ics")
@requires(Permission.SEE_INVITATION, own_subject)
def my_programme_ics(lang: str, call: CallFacts):
    view = own_programme(db.session(), call=call, person_id=g.identity.person_id) or abort(404)
    return _calendar(_own_events(view), f"{call.slug}-my-programme.ics")


def _seen(call: CallFacts) -> Programme:
    view = programme(db.session(), call=call, sight=sight_of(db.session(), viewer_id=g.identity.person_id))
    return view if view.meeting else abort(404)


def _skeleton_page(call: CallFacts, form: SkeletonForm):
    """The page asks about what stands now, whatever was sent."""
    state = programme_state(db.session(), call_id=call.id)
    form.seen.data = state.digest
    return render_template("invitations/make_skeleton.html", form=form, state=state), form.status


def _make(call: CallFacts, form: SkeletonForm) -> Made:
    names = Names(room=_("Room %%(n)s"), part=_("%%(title)s, part %%(n)s"), gathered=_("%%(theme)s: more questions"))
    with transaction() as session:
        return make_skeleton(
            session,
            call=call,
            names=names,
            replaces=form.replaces.data,
            seen=form.seen.data,
            actor_id=g.identity.person_id,
            now=utcnow(),
        )


def _tell(made: Made) -> None:
    flash(ngettext("%(num)s session was added.", "%(num)s sessions were added.", made.n_sessions), "success")
    if made.n_named:
        named = ngettext("%(num)s open slot has a speaker now.", "%(num)s open slots have a speaker now.", made.n_named)
        flash(named, "success")
    if made.n_unplaced:
        told = ngettext(
            "%(num)s session found no time in the meeting's days. It stands at the end, without a time.",
            "%(num)s sessions found no time in the meeting's days. They stand at the end, without a time.",
            made.n_unplaced,
        )
        flash(told, "warning")


def _cells(each: SessionView, slot: SlotView | None) -> tuple:
    about = (
        each.day and each.day.isoformat(),
        each.starts_at and each.starts_at.strftime("%H:%M"),
        each.ends_at and each.ends_at.strftime("%H:%M"),
        each.room,
        each.title,
        each.theme and each.theme.name,
    )
    if slot is None:
        return (*about, None, None, None, None, None)
    begins = slot.starts_at and slot.starts_at.strftime("%H:%M")
    return (*about, begins, slot.minutes, slot.label, slot.title or slot.question_title, slot.speaker)


def _document(call: CallFacts, view: Programme) -> dict:
    meeting = view.meeting
    place = [own(text) for text in (meeting.title, meeting.place) if text]
    return {
        "title": _("Programme"),
        "subtitle": ", ".join(place) or own(call.title),
        "zone": _("Times are those of %(zone)s.", zone=meeting.time_zone),
        "page_words": _("Page %(page)s of %(pages)s", page="{page}", pages="{pages}"),
        "columns": [_("Time"), _("Question"), _("Speaker")],
        "days": [
            {"title": day(date_) if date_ else _("Without a time"), "sessions": [_printed(each) for each in those]}
            for date_, those in view.by_day
        ],
    }


def _printed(each: SessionView) -> dict:
    when = f"{wall_clock(each.starts_at)}–{wall_clock(each.ends_at)}" if each.starts_at else ""
    return {
        "title": own(each.title),
        "where": [own(text) for text in (when, each.room, each.theme.name if each.theme else "") if text],
        "slots": [
            {
                "time": wall_clock(slot.starts_at) if slot.starts_at else "",
                "label": slot.label,
                "title": own(slot.title or slot.question_title),
                "speaker": own(_speaker(slot)),
            }
            for slot in each.slots
        ],
    }


def _speaker(slot: SlotView) -> str:
    if slot.is_shut:
        return _("Not shown to you")
    return slot.speaker or _("To be named")


def _event(view: Programme, each: SessionView) -> CalendarEvent:
    lines = [f"{slot.name} ({_speaker(slot)})" for slot in each.slots]
    return CalendarEvent(
        key=f"session-{each.id}",
        title=each.title,
        place=", ".join(text for text in (each.room, view.meeting.place) if text),
        text="\n".join(lines),
        starts_at=each.starts_at,
        minutes=each.minutes,
    )


def _own_events(view: OwnProgramme) -> list[CalendarEvent]:
    return [
        CalendarEvent(
            key=f"slot-{slot.id}",
            title=slot.name,
            place=", ".join(text for text in (slot.room, view.meeting.place) if text),
            text=slot.session_title,
            starts_at=slot.starts_at,
            minutes=slot.minutes,
        )
        for slot in view.slots
    ]


def _calendar(events: list[CalendarEvent], name: str) -> Response:
    return download(name, ICS_TYPE, [calendar_file(events, host=public_host(), now=utcnow())])
