"""Travel details at the organizers' desk: who gave theirs, opening one by a button that is noted, and all readings."""

from flask import abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import TooManyRequests

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import NotFound
from solicit.invitations.queries import travel as queries
from solicit.invitations.queries.letters.one import invitation_subject
from solicit.invitations.queries.meeting import meeting_of
from solicit.invitations.queries.travel_details import TRAVEL_WORDS, TravelDetails
from solicit.invitations.service import travel as service
from solicit.invitations.states import READING_PURPOSE_WORDS, VISA_NEED_WORDS, ReadingPurpose
from solicit.invitations.views import bp
from solicit.invitations.views.travel import letter_form
from solicit.invitations.views.travel_letter import visa_letter_file
from solicit.people.queries import country_name
from solicit.web.csv import CSV_TYPE, csv_lines
from solicit.web.dates import day
from solicit.web.downloads import download
from solicit.web.facets import facet_options, list_url
from solicit.web.forms import ActionForm
from solicit.web.pages import current_language
from solicit.web.pagination import Window, paginate, window_from

GIVEN = {"given": True, "missing": False}
COLUMNS = ("read_at", "reader", "whose", "purpose")


@bp.get("/<call>/organize/invite/travel")
@requires(Permission.SEE_TRAVEL, call_subject)
def travellers(call: CallFacts):
    state, window = request.args.get("state"), window_from(request.args.get("page"))
    is_given = GIVEN.get(state)
    filters = {"state": state if is_given is not None else None}
    shown = dict(call=call, viewer_id=g.identity.person_id, is_given=is_given, window=window)
    view = queries.travellers(db.session(), **shown)
    counted = (("given", _("Given"), view.n_given), ("missing", _("Missing"), view.n_missing))
    return render_template(
        "invitations/travellers.html",
        view=view,
        meeting=meeting_of(db.session(), call_id=call.id),
        states=facet_options(filters, "state", counted),
        most_readings=service.MOST_READINGS,
        pagination=paginate(window, view.total(is_given), lambda page: list_url(filters, page=page)),
    )


@bp.post("/<call>/organize/invite/travel/<id:invitation_id>")
@requires(Permission.SEE_TRAVEL, invitation_subject, fresh=True)
def read_travel(call: CallFacts, invitation_id: int):
    if not ActionForm().accepted():
        return redirect(url_for(".travellers"), 303)
    opened = _open(call, invitation_id, ReadingPurpose.ARRANGE_TRAVEL)
    return render_template(
        "invitations/read_travel.html",
        name=opened.name,
        lines=_lines(opened.details),
        invitation_id=invitation_id,
        letters=letter_form(),
    )


@bp.post("/<call>/organize/invite/travel/<id:invitation_id>/visa-letter")
@requires(Permission.SEE_TRAVEL, invitation_subject, fresh=True)
def visa_letter_for(call: CallFacts, invitation_id: int):
    form = letter_form()
    if not form.accepted():
        return redirect(url_for(".travellers"), 303)
    opened = _open(call, invitation_id, ReadingPurpose.VISA_LETTER)
    meeting = meeting_of(db.session(), call_id=call.id)
    return visa_letter_file(meeting, opened.details, language=form.language.data, today=utcnow().date())


@bp.get("/<call>/organize/invite/travel/readings")
@requires(Permission.SEE_TRAVEL, call_subject)
def travel_readings(call: CallFacts):
    purpose, window = _purpose(), window_from(request.args.get("page"))
    filters = {"purpose": purpose.value if purpose else None}
    counts = queries.n_readings(db.session(), call=call, viewer_id=g.identity.person_id)
    total = counts[purpose] if purpose else sum(counts.values())
    counted = [(each.value, _(READING_PURPOSE_WORDS[each]), n) for each, n in counts.items()]
    return render_template(
        "invitations/travel_readings.html",
        lines=_readings(call, window),
        purposes=facet_options(filters, "purpose", counted),
        filters=filters,
        pagination=paginate(window, total, lambda page: list_url(filters, page=page)),
    )


@bp.get("/<call>/organize/invite/travel/readings.csv")
@requires(Permission.SEE_TRAVEL, call_subject)
def travel_readings_file(call: CallFacts):
    lines = _readings(call, None)
    rows = [(line.read_at.isoformat(), line.reader, line.whose, _(line.purpose_word)) for line in lines]
    return download(f"{call.slug}-travel-readings.csv", CSV_TYPE, csv_lines(COLUMNS, rows))


def _lines(details: TravelDetails) -> list[tuple[str, str]]:
    """The details as a page shows them, each with its name."""
    said = details.to_plain() | {
        "nationality": country_name(details.nationality, current_language()),
        "issued_by": country_name(details.issued_by, current_language()),
        "visa_need": _(VISA_NEED_WORDS[details.visa_need]),
    }
    said |= {name: day(getattr(details, name)) for name in ("born_on", "expires_on", "arrives_on", "leaves_on")}
    return [(_(word), said[name] or "–") for name, word in TRAVEL_WORDS.items()]


def _open(call: CallFacts, invitation_id: int, purpose: ReadingPurpose) -> service.OpenedTravel:
    """The details of one person, read and noted; whoever opens very many is stopped, which is noted, too."""
    reader_id, now = g.identity.person_id, utcnow()
    asked = dict(call=call, invitation_id=invitation_id, reader_id=reader_id, purpose=purpose, now=now)
    try:
        with transaction() as session:
            return service.open_travel(session, **asked)
    except NotFound:
        abort(404)  # in the words for what does not exist
    except service.TooManyReadings:
        with transaction() as session:
            service.note_too_many(session, call_id=call.id, reader_id=reader_id, now=now)
        raise TooManyRequests(retry_after=int(service.READINGS_WINDOW.total_seconds())) from None


def _purpose() -> ReadingPurpose | None:
    wanted = {purpose.value: purpose for purpose in queries.BY_ORGANIZERS}
    return wanted.get(request.args.get("purpose", ""))


def _readings(call: CallFacts, window: Window | None) -> tuple[queries.ReadingLine, ...]:
    shown = dict(call=call, viewer_id=g.identity.person_id, purpose=_purpose(), window=window)
    return queries.reading_lines(db.session(), **shown)
