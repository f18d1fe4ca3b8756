"""Files of questions as organizers bring them."""

import csv
import io
import json

import openpyxl

from solicit.clock import utcnow
from solicit.submissions.queries.columns import guess_mapping
from solicit.submissions.service.imports import check_batch, keep_batch
from solicit.submissions.service.reading import read_table

HEADER = ("external_id", "title", "goal_overview", "theme")
ROWS = (
    ("A-1", "Is it dust?", "We want to know.", "space"),
    ("A-2", "Is it ice?", "", ""),
)


def csv_file(header=HEADER, rows=ROWS, *, delimiter=",") -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows([header, *rows])
    return file.getvalue().encode()


def json_file(header=HEADER, rows=ROWS) -> bytes:
    return json.dumps([dict(zip(header, row, strict=True)) for row in rows], ensure_ascii=False).encode()


def xlsx_file(header=HEADER, rows=ROWS) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in (header, *rows):
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def keep_file(session, call, organizer, content: bytes | None = None, *, checked=True) -> int:
    """A file that an organizer brought, checked under the guessed mapping."""
    content = content or csv_file()
    batch_id = keep_batch(
        session,
        call=call,
        content=content,
        organizer_id=organizer.id,
        now=utcnow(),
    )
    if checked:
        mapping = guess_mapping(read_table(content).columns)
        check_batch(session, call=call, batch_id=batch_id, mapping=mapping, now=utcnow())
    return batch_id
