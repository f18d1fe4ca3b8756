"""Tables to take away, for programs: the ones of the page, by the same names and in the same formats."""

from flask import g
from flask_babel import gettext as _
from marshmallow import fields, validate
from werkzeug.exceptions import Forbidden

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import transaction
from solicit.reports.queries.exports import TABLES, Door
from solicit.reports.service.readings import record_export
from solicit.reports.tables import FORMATS
from solicit.reports.views.exports import FILE, OF_EXPORT, TABLE, table_file
from solicit.web.api import Answer, ApiBlueprint, Sent
from solicit.web.limits import file_limit
from solicit.web.routing import LARGEST_ID

bp = ApiBlueprint("exports", "Tables of a call as CSV, XLSX or JSON Lines, without what one has a part in oneself.")

ONE = f"/calls/<call>/exports/{TABLE}.{FILE}"
A_FILE = {"type": "string", "format": "binary"}


class ExportQuery(Sent):
    q = fields.String(metadata={"description": "A search: the rows of the questions that it finds."})
    run = fields.Integer(
        validate=validate.Range(1, LARGEST_ID),
        metadata={"description": "Which ranking, for tables of one; the latest without it."},
    )


class ColumnSchema(Answer):
    name = fields.String(required=True)
    kind = fields.String(required=True)
    meaning = fields.String(required=True)


class TableSchema(Answer):
    name = fields.String(required=True)
    title = fields.String(required=True)
    about = fields.String(required=True)
    by_post = fields.Function(
        lambda table: table.door is not Door.OPEN,
        required=True,
        metadata={
            "type": "boolean",
            "description": "It names people: asked for by POST, and who did is noted.",
        },
    )
    columns = fields.List(fields.Nested(ColumnSchema), required=True)


class TableListSchema(Answer):
    tables = fields.List(fields.Nested(TableSchema), required=True)
    formats = fields.List(fields.String(), required=True)


@bp.get("/calls/<call>/exports")
@requires(Permission.EXPORT, call_subject)
@bp.response(200, TableListSchema)
def index(call: CallFacts):
    """List the tables with their columns: the data dictionary."""
    return {"tables": [TABLES[name] for name in OF_EXPORT], "formats": list(FORMATS)}


@bp.get(ONE)
@file_limit
@requires(Permission.EXPORT, call_subject)
@bp.arguments(ExportQuery, location="query")
@bp.response(200, A_FILE, content_type="text/csv")
@bp.alt_response(200, schema=A_FILE, content_type=FORMATS["xlsx"].mimetype)
@bp.alt_response(200, schema=A_FILE, content_type=FORMATS["jsonl"].mimetype)
def file(call: CallFacts, table: str, file_format: str, query: dict):
    """Take a table away that names nobody."""
    if TABLES[table].door is not Door.OPEN:
        raise Forbidden(_("This table names people: ask for it by POST."))
    return table_file(table, call, file_format)


@bp.post(ONE)
@file_limit
@requires(Permission.EXPORT, call_subject)
@bp.arguments(ExportQuery, location="query")
@bp.response(200, A_FILE, content_type="text/csv")
@bp.alt_response(200, schema=A_FILE, content_type=FORMATS["xlsx"].mimetype)
@bp.alt_response(200, schema=A_FILE, content_type=FORMATS["jsonl"].mimetype)
def noted_file(call: CallFacts, table: str, file_format: str, query: dict):
    """Take any table away; who did is noted, where it names people."""
    with transaction() as session:
        if TABLES[table].door is not Door.OPEN:
            record_export(session, call_id=call.id, table=TABLES[table], reader_id=g.identity.person_id, now=utcnow())
        return table_file(table, call, file_format)
