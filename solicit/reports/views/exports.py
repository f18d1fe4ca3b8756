"""The page of exports, and every table of a call as a file."""

from collections.abc import Iterable, Sequence

from flask import Response, abort, g, redirect, render_template, request, url_for

from solicit.access.guard import ask_for_proof, is_fresh, requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.invitations.queries.comparison import comparison as selections_compared
from solicit.invitations.queries.selections import run_lines, selection_lines
from solicit.reports.queries.columns import Column
from solicit.reports.queries.exports import TABLES, Chosen, Door, Export, Table, export_of
from solicit.reports.queries.exports.candidates import comparison_cells, comparison_columns
from solicit.reports.service.readings import record_export
from solicit.reports.tables import FORMATS, dictionary_pieces
from solicit.reports.views import bp
from solicit.web.csv import CSV_TYPE, csv_lines
from solicit.web.downloads import download, whole_file
from solicit.web.forms import ActionForm
from solicit.web.limits import asker, limiter
from solicit.web.pages import current_language
from solicit.web.pagination import Window
from solicit.web.routing import id_from

OF_EXPORT = [name for name, table in TABLES.items() if table.door is not Door.CANDIDATES]
FILE = f"<any({', '.join(FORMATS)}):file_format>"
TABLE = f"<any({', '.join(map(repr, OF_EXPORT))}):name>"


def _asker_of_table() -> str:
    return f"{asker()} {request.path.rpartition('.')[0]}"


# Counted for each table: whoever needs all of them, and some of them again, is not held up.
export_limit = limiter.shared_limit(
    "10 per hour", scope="export", key_func=_asker_of_table, deduct_when=lambda answer: answer.status_code == 200
)


@bp.get("/<call>/organize/export")
@requires(Permission.EXPORT, call_subject)
def exports(call: CallFacts):
    return _page(call, ActionForm())


@bp.get(f"/<call>/organize/export/{TABLE}.{FILE}")
@export_limit
@requires(Permission.EXPORT, call_subject)
def export(call: CallFacts, name: str, file_format: str):
    table = TABLES[name]
    if table.door is Door.NOTED:
        return redirect(url_for(".exports", q=request.args.get("q"), _anchor=name), 303)
    if table.door is Door.PERSONAL and not is_fresh():
        return ask_for_proof()
    return table_file(table, call, file_format)


@bp.post(f"/<call>/organize/export/{TABLE}.{FILE}")
@export_limit
@requires(Permission.EXPORT, call_subject, fresh=True)
def export_noted(call: CallFacts, name: str, file_format: str):
    """Values by panelist: who takes them away is noted, and nobody gets them without."""
    form = ActionForm()
    if not form.accepted():
        return _page(call, form), form.status
    with transaction() as session:
        record_export(session, call_id=call.id, table=name, reader_id=g.identity.person_id, now=utcnow())
        return table_file(TABLES[name], call, file_format)


@bp.get(f"/<call>/organize/export/candidates.{FILE}")
@export_limit
@requires(Permission.SELECT_INVITEES, call_subject, fresh=True)
def candidates(call: CallFacts, file_format: str):
    return table_file(TABLES["candidates"], call, file_format)


@bp.get(f"/<call>/organize/export/{TABLE}-dictionary.csv")
@requires(Permission.EXPORT, call_subject)
def dictionary(call: CallFacts, name: str):
    found = _export(TABLES[name], call)
    return download(f"{call.slug}-{name}-dictionary.csv", CSV_TYPE, dictionary_pieces(found))


@bp.get("/<call>/organize/export/comparison.csv")
@requires(Permission.SELECT_INVITEES, call_subject, fresh=True)
def comparison(call: CallFacts):
    numbers = sorted({id_from(text) or abort(404) for text in request.args.getlist("selection")})
    reader = {"viewer_id": g.identity.person_id, "locale": current_language()}
    found = selections_compared(db.session(), call=call, selection_ids=numbers, **reader) or abort(404)
    name = "-".join(["selections", *map(str, numbers)])
    return _csv(f"{call.slug}-{name}", comparison_columns(found), comparison_cells(found))


def table_file(table: Table, call: CallFacts, file_format: str) -> Response:
    found, chosen = _export(table, call), FORMATS[file_format]
    number = f"-{found.number}" if found.number else ""
    name = f"{call.slug}-{table.name}{number}.{file_format}"
    return whole_file(name, chosen.mimetype, lambda file: chosen.write(file, found))


def _export(table: Table, call: CallFacts) -> Export:
    """A table for the person who asks, under the filter of the address."""
    chosen = Chosen(number=_number())
    viewer_id = g.identity.person_id
    return export_of(db.session(), table, call=call, viewer_id=viewer_id, chosen=chosen) or abort(404)


def _number() -> int | None:
    """The run or selection in the address, None if there is none; anything that is not a number is missing."""
    text = next((request.args[name] for name in ("run", "selection") if name in request.args), None)
    return None if text is None else id_from(text) or abort(404)


def _csv(name: str, columns: Sequence[Column], rows: Iterable) -> Response:
    return download(f"{name}.csv", CSV_TYPE, csv_lines([column.name for column in columns], rows))


def _page(call: CallFacts, form: ActionForm) -> str:
    runs = run_lines(db.session(), call=call)
    selections, _total = selection_lines(db.session(), call=call, window=Window(1))
    return render_template("reports/exports.html", tables=TABLES.values(), runs=runs, selections=selections, form=form)
