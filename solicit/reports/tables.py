"""Writing tables as CSV, XLSX and JSON, so that no program takes a text for a formula."""

import io
import json
from collections.abc import Iterable, Iterator, Sequence

import xlsxwriter

from solicit.reports.queries.columns import Column
from solicit.web import csv
from solicit.web.csv import Cell, cell_text

LONGEST_XLSX_TEXT = 32_767
LONGEST_SHEET_NAME = 31
NEUTRAL_AUTHOR = {"author": "", "comments": "", "company": "", "manager": ""}

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON_TYPE = "application/json"


def csv_lines(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """A CSV file piece by piece, under the names of the columns."""
    return csv.csv_lines([column.name for column in columns], rows)


def write_xlsx(file: io.IOBase, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, title: str) -> int:
    """Write a workbook with one sheet of texts; returns the number of rows."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    n_rows = 0
    with xlsxwriter.Workbook(file, options | {"strings_to_numbers": False}) as book:
        book.set_properties(NEUTRAL_AUTHOR)
        sheet = book.add_worksheet(title[:LONGEST_SHEET_NAME])
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        sheet.freeze_panes(1, 1)
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.name)
        for n_rows, row in enumerate(rows, 1):
            for place, value in enumerate(row):
                sheet.write_string(n_rows, place, cell_text(value)[:LONGEST_XLSX_TEXT])
    return n_rows


def json_pieces(about: dict, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """A JSON document piece by piece: what it is about, the data dictionary, then one object per row."""
    names = [column.name for column in columns]
    yield "{"
    for key, value in about.items():
        yield f"{_json(key)}: {_json(value)},\n"
    yield f'"columns": {_json([vars(column) for column in columns])},\n"rows": ['
    for number, row in enumerate(rows):
        yield ("," if number else "") + "\n" + _json(dict(zip(names, row, strict=True)))
    yield "\n]}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
