"""The downloads: ranked themes in three formats, questions, candidates."""

import io
from collections.abc import Iterable

from flask import Response, abort, g, render_template, request, send_file

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.db import db
from solicit.invitations.queries.comparison import comparison as selections_compared
from solicit.invitations.queries.selections import run_lines, selection_lines, selection_subject
from solicit.reports import tables
from solicit.reports.queries import exports as queries
from solicit.reports.queries.candidates import CANDIDATES, candidate_cells, comparison_cells, comparison_columns
from solicit.reports.views import bp
from solicit.web.csv import CSV_TYPE
from solicit.web.downloads import download
from solicit.web.pages import current_language
from solicit.web.pagination import Window
from solicit.web.routing import id_from


@bp.get("/<call>/organize/export")
@requires(Permission.EXPORT, call_subject)
def exports(call: CallFacts):
    runs = run_lines(db.session(), call=call)
    selections, _total = selection_lines(db.session(), call=call, window=Window(1))
    return render_template("reports/exports.html", runs=runs, selections=selections)


@bp.get("/<call>/organize/export/ranked-themes.<any(csv, xlsx, json):file_format>")
@requires(Permission.EXPORT, call_subject)
def ranked_themes(call: CallFacts, file_format: str):
    viewer_id = g.identity.person_id
    run = queries.run_facts(db.session(), call=call, run_id=_number("run"), viewer_id=viewer_id) or abort(404)
    rows = queries.ranked_theme_rows(db.session(), call=call, run=run, viewer_id=viewer_id)
    name = f"{call.slug}-ranked-themes-run-{run.id}"
    if file_format == "xlsx":
        return _xlsx(name, queries.RANKED_THEMES, rows, title="Ranked themes")
    if file_format == "json":
        pieces = tables.json_pieces(queries.about_run(call, run), queries.RANKED_THEMES, rows)
        return download(f"{name}.json", tables.JSON_TYPE, pieces)
    return _csv(name, queries.RANKED_THEMES, rows)


@bp.get("/<call>/organize/export/questions.<any(csv, xlsx, json):file_format>")
@requires(Permission.EXPORT, call_subject)
def questions(call: CallFacts, file_format: str):
    rows = queries.question_rows(db.session(), call=call, viewer_id=g.identity.person_id)
    name = f"{call.slug}-questions"
    if file_format == "xlsx":
        return _xlsx(name, queries.QUESTIONS, rows, title="Questions")
    if file_format == "json":
        pieces = tables.json_pieces(queries.about_questions(call), queries.QUESTIONS, rows)
        return download(f"{name}.json", tables.JSON_TYPE, pieces)
    return _csv(name, queries.QUESTIONS, rows)


@bp.get("/<call>/organize/export/candidates.csv")
@requires(Permission.SELECT_INVITEES, call_subject, fresh=True)
def candidates(call: CallFacts):
    number = _number("selection") or abort(404)
    if selection_subject(db.session(), call=call, selection_id=number) is None:
        abort(404)
    rows = candidate_cells(
        db.session(),
        call=call,
        selection_id=number,
        viewer_id=g.identity.person_id,
        locale=current_language(),
    )
    return _csv(f"{call.slug}-candidates-selection-{number}", CANDIDATES, rows)


@bp.get("/<call>/organize/export/comparison.csv")
@requires(Permission.SELECT_INVITEES, call_subject, fresh=True)
def comparison(call: CallFacts):
    numbers = sorted({id_from(text) or abort(404) for text in request.args.getlist("selection")})
    reader = {"viewer_id": g.identity.person_id, "locale": current_language()}
    found = selections_compared(db.session(), call=call, selection_ids=numbers, **reader) or abort(404)
    name = "-".join(["selections", *map(str, numbers)])
    return _csv(f"{call.slug}-{name}", comparison_columns(found), comparison_cells(found))


def _number(name: str) -> int | None:
    """The number in the query string, None if there is none; anything that is not a number is missing."""
    text = request.args.get(name)
    return None if text is None else id_from(text) or abort(404)


def _csv(name: str, columns, rows: Iterable) -> Response:
    return download(f"{name}.csv", CSV_TYPE, tables.csv_lines(columns, rows))


def _xlsx(name: str, columns, rows: Iterable, *, title: str) -> Response:
    file = io.BytesIO()  # the packed workbook; its rows are written to disk while it is made
    tables.write_xlsx(file, columns, rows, title=title)
    file.seek(0)
    return send_file(file, mimetype=tables.XLSX_TYPE, as_attachment=True, download_name=f"{name}.xlsx")
