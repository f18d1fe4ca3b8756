"""The report of ranked themes: for organizers and chairs from the freeze on, for everybody once it is published."""

from flask import Response, abort, current_app, g, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import public, requires
from solicit.access.policy import Permission, Role
from solicit.calls.queries import CallFacts, call_facts, call_subject
from solicit.clock import utcnow
from solicit.db import db
from solicit.people.queries import language_name
from solicit.reports.queries.report import Audience, Report, report_for
from solicit.reports.views import bp
from solicit.reports.views.report.document import document_of
from solicit.reports.views.report.files import TYPES, report_file
from solicit.submissions.queries.readers import is_reader
from solicit.web.addresses import public_url
from solicit.web.documents.blocks import Document
from solicit.web.downloads import download
from solicit.web.fonts import MissingFonts
from solicit.web.languages import asked_language, speaking
from solicit.web.limits import asker, limiter
from solicit.web.pages import Link, direction
from solicit.web.routing import id_from
from solicit.words import N_

# The page shows the first of each group; the files hold all of them.
ROWS_OF_PAGE = 25
FORMAT_WORDS = {"pdf": N_("PDF"), "docx": N_("DOCX"), "html": N_("HTML")}


@bp.get("/<call>/organize/report")
@requires(Permission.SEE_RANKING, call_subject)
def report(call: CallFacts):
    return _desk_page(call)


@bp.get("/<call>/organize/report.<any(pdf, docx, html):document_format>")
@requires(Permission.SEE_RANKING, call_subject)
@limiter.limit("60 per hour", key_func=asker)
def report_download(call: CallFacts, document_format: str):
    found = _staff_report(call) or abort(404)
    try:
        return _file(found, document_format, address="")
    except MissingFonts as error:
        return _desk_page(call, problem=_(error.message, **error.params)), 503


@bp.get("/<locale:lang>/<call>/report")
@public
def public_report(lang: str, call: CallFacts):
    return _public_page(call)


@bp.get("/<locale:lang>/<call>/report.<any(pdf, docx, html):document_format>")
@public
@limiter.limit("30 per hour", key_func=asker)
def public_report_download(lang: str, call: CallFacts, document_format: str):
    found = _published_report(call, lang) or abort(404)
    try:
        return _file(found, document_format, address=public_url(".public_report", lang=lang, call=call.slug))
    except MissingFonts as error:
        return _public_page(call, problem=_(error.message, **error.params)), 503


def _desk_page(call: CallFacts, *, problem: str = "") -> str:
    found = _staff_report(call, most_rows=ROWS_OF_PAGE)
    document = _document(found, address="") if found else None
    chosen = [run.id for run in found.runs] if found else []
    asked = {"run": chosen, "language": found.language} if found else {}
    return render_template(
        "reports/report.html",
        document=document,
        document_dir=direction(document.language) if document else "ltr",
        choices=found.choices if found else (),
        run_ids=chosen,
        languages=[(each, language_name(each)) for each in _languages(call)],
        downloads=_downloads(".report_download", **asked),
        problem=problem,
    )


def _public_page(call: CallFacts, *, problem: str = "") -> str:
    found = _published_report(call, asked_language(), most_rows=ROWS_OF_PAGE) or abort(404)
    address = public_url(".public_report", lang=asked_language(), call=call.slug)
    return render_template(
        "reports/public_report.html",
        document=_document(found, address=address),
        downloads=_downloads(".public_report_download"),
        problem=problem,
    )


def _staff_report(call: CallFacts, *, most_rows: int | None = None) -> Report | None:
    """The report that the query string asks for; what it does not know is left out."""
    who, asked = g.identity, request.args.get("language")
    language = asked if asked in _languages(call) else asked_language()
    spoken = call_facts(db.session(), slug=call.slug, language=language)
    return report_for(
        db.session(),
        call=spoken,
        run_ids=[number for number in map(id_from, request.args.getlist("run")) if number],
        audience=Audience.ORGANIZER if who.holds(Role.ORGANIZER, call_id=call.id) else Audience.CHAIR,
        viewer_id=who.person_id,
        language=language,
        now=utcnow(),
        most_rows=most_rows,
    )


def _published_report(call: CallFacts, language: str, *, most_rows: int | None = None) -> Report | None:
    """What is published, for those whom the call shows its results to."""
    if not is_reader(db.session(), call=call, who=g.identity):
        return None
    reader = dict(audience=Audience.PUBLIC, viewer_id=None)
    return report_for(
        db.session(), call=call, run_ids=(), language=language, now=utcnow(), most_rows=most_rows, **reader
    )


def _document(found: Report, *, address: str) -> Document:
    with speaking(found.language):
        return document_of(found, address=address, with_appendix=False)


def _file(found: Report, document_format: str, *, address: str) -> Response:
    with speaking(found.language):
        made = report_file(found, document_format, address=address)
    name = f"{found.call.slug}-report-{found.language}.{document_format}"
    return download(name, TYPES[document_format], [made])


def _downloads(endpoint: str, **asked: object) -> list[Link]:
    return [Link(_(word), url_for(endpoint, document_format=name, **asked)) for name, word in FORMAT_WORDS.items()]


def _languages(call: CallFacts) -> tuple[str, ...]:
    """Those of the site and those of the call."""
    return tuple(dict.fromkeys((*current_app.extensions["settings"].locales, *call.languages)))
