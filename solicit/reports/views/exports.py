"""The page of exports, and every table of a call as a file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import Response, abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.audit.service import record_taken
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import Refused
from solicit.invitations.queries.comparison import comparison as selections_compared
from solicit.invitations.queries.selections import RunLine, SelectionLine, run_lines, selection_lines
from solicit.reports.queries.columns import Column
from solicit.reports.queries.exports import TABLES, Chosen, Door, Table, description_of, export_of, row_counts
from solicit.reports.queries.exports.candidates import comparison_cells, comparison_columns
from solicit.reports.queries.search import QuestionFilter, question_filter, searcher_of
from solicit.reports.service.readings import record_export
from solicit.reports.tables import FORMATS, dictionary_pieces
from solicit.reports.views import bp
from solicit.web.csv import CSV_TYPE, csv_lines
from solicit.web.downloads import download, whole_download
from solicit.web.forms import ActionForm
from solicit.web.limits import file_limit
from solicit.web.pages import current_language
from solicit.web.pagination import Window
from solicit.web.routing import id_from


@dataclass(frozen=True)
class TableLine:
    """One table on the page; ``several`` are the words for each of the runs or selections it has, and its address."""

    table: Table
    n_rows: int | None
    several: Sequence[tuple[str, dict[str, int]]] | None


FILE = f"<any({', '.join(FORMATS)}):file_format>"
COUNT = "count"


def _any_of(names: Iterable[str], argument: str) -> str:
    """The part of an address that is one of these names."""
    return f"<any({', '.join(map(repr, names))}):{argument}>"


ANY_TABLE = _any_of(TABLES, "table")
OF_EXPORT = [name for name, table in TABLES.items() if table.door is not Door.CANDIDATES]
TABLE = _any_of(OF_EXPORT, "table")
NAMING = _any_of([name for name in OF_EXPORT if TABLES[name].door is not Door.OPEN], "noted")


@bp.get("/<call>/organize/export")
@requires(Permission.EXPORT, call_subject)
def exports(call: CallFacts):
    return _page(call, ActionForm())


@bp.get(f"/<call>/organize/export/{TABLE}.{FILE}")
@file_limit
@requires(Permission.EXPORT, call_subject)
def export(call: CallFacts, table: str, file_format: str):
    if TABLES[table].door is not Door.OPEN:
        return redirect(url_for(".exports", q=request.args.get("q"), _anchor=table), 303)
    return table_file(table, call, file_format)


@bp.post(f"/<call>/organize/export/{NAMING}.{FILE}")
@file_limit
@requires(Permission.EXPORT, call_subject, fresh=True)
def export_noted(call: CallFacts, noted: str, file_format: str):
    """A table that names people: who takes it away is noted, and nobody gets it without."""
    return _noted(noted, call, file_format)


@bp.post(f"/<call>/organize/export/candidates.{FILE}")
@file_limit
@requires(Permission.SELECT_INVITEES, call_subject, fresh=True)
def candidates(call: CallFacts, file_format: str):
    return _noted("candidates", call, file_format)


def _noted(name: str, call: CallFacts, file_format: str):
    form = ActionForm()
    if not form.accepted():
        return _page(call, form), form.status
    with transaction() as session:
        record_export(session, call_id=call.id, table=TABLES[name], reader_id=g.identity.person_id, now=utcnow())
        return table_file(name, call, file_format)


@bp.get(f"/<call>/organize/export/{ANY_TABLE}-dictionary.csv")
@requires(Permission.EXPORT, call_subject)
def dictionary(call: CallFacts, table: str):
    described = description_of(db.session(), TABLES[table], call=call, chosen=_chosen(call))
    return download(f"{call.slug}-{table}-dictionary.csv", CSV_TYPE, dictionary_pieces(described))


@bp.post("/<call>/organize/export/comparison.csv")
@file_limit
@requires(Permission.SELECT_INVITEES, call_subject, fresh=True)
def comparison(call: CallFacts):
    numbers = sorted({id_from(text) or abort(404) for text in request.args.getlist("selection")})
    if not ActionForm().accepted():
        return redirect(url_for("invitations.compare", selection=numbers), 303)
    reader = {"viewer_id": g.identity.person_id, "locale": current_language()}
    found = selections_compared(db.session(), call=call, selection_ids=numbers, **reader) or abort(404)
    with transaction() as session:
        record_taken(session, table="comparison", call_id=call.id, actor_id=g.identity.person_id, now=utcnow())
    name = "-".join(["selections", *map(str, numbers)])
    return _csv(f"{call.slug}-{name}", comparison_columns(found), comparison_cells(found))


def table_file(name: str, call: CallFacts, file_format: str) -> Response:
    """A table for the person who asks, under the search of the address; Refused where that cannot be read."""
    table, chosen, written = TABLES[name], _chosen(call), FORMATS[file_format]
    found = export_of(db.session(), table, call=call, viewer_id=g.identity.person_id, chosen=chosen) or abort(404)
    number = f"-{table.number_of}-{found.number}" if table.number_of and found.number else ""
    file_name = f"{call.slug}-{name}{number}.{file_format}"
    return whole_download(file_name, written.mimetype, lambda file: written.write(file, found))


def _chosen(call: CallFacts) -> Chosen:
    found = _found(call)
    if found and found.problems:
        raise Refused(found.problems[0].text, **found.problems[0].params)
    return Chosen(found, _number())


def _found(call: CallFacts) -> QuestionFilter | None:
    text = request.args.get("q", "").strip()
    viewer = searcher_of(g.identity, call=call)
    return question_filter(db.session(), call=call, viewer=viewer, text=text) if text else None


def _number() -> int | None:
    """The run or selection in the address, None if there is none; anything that is not a number is missing."""
    text = next((request.args[name] for name in ("run", "selection") if name in request.args), None)
    return None if text is None else id_from(text) or abort(404)


def _csv(name: str, columns: Sequence[Column], rows: Iterable) -> Response:
    return download(f"{name}.csv", CSV_TYPE, csv_lines([column.name for column in columns], rows))


def _page(call: CallFacts, form: ActionForm) -> str:
    session, viewer_id, found = db.session(), g.identity.person_id, _found(call)
    # Asked for: to count what twelve statements would read takes longer than a page may.
    is_counted = COUNT in request.args
    counts = row_counts(session, call=call, viewer_id=viewer_id, chosen=Chosen(found)) if is_counted else {}
    runs = run_lines(session, call=call)
    selections, _total = selection_lines(session, call=call, viewer_id=viewer_id, window=Window(1))
    several = {
        "ranked-themes": [(_of_run(run), {"run": run.id}) for run in runs],
        "candidates": [(_of_selection(line), {"selection": line.id}) for line in selections],
    }
    return render_template(
        "reports/exports.html",
        lines=[
            TableLine(table, None if name in several else counts.get(name), several.get(name))
            for name, table in TABLES.items()
        ],
        is_counted=is_counted,
        formats=FORMATS,
        found=found,
        form=form,
    )


def _of_run(run: RunLine) -> str:
    return _("Run %(id)s: %(name)s", id=run.id, name=run.name)


def _of_selection(line: SelectionLine) -> str:
    return _("Selection %(id)s, %(state)s", id=line.id, state=_(line.state_word))
