"""Writers of tables: what goes in comes out, and nothing becomes a formula."""

import csv
import io
import json
import zipfile

import openpyxl
import pytest

from solicit.reports.queries.columns import Column
from solicit.reports.tables import csv_lines, json_pieces, write_xlsx
from solicit.web.csv import guarded

COLUMNS = (Column("id", "integer", "A number"), Column("text", "text", "A text"), Column("value", "number", "A value"))

FORMULAS = (
    "=1+1",
    "=cmd|'/C calc'!A0",
    '=HYPERLINK("http://x.example","click")',
    "+1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+9)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\0=1+1",
    "|calc",
    "%0A=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    "｜calc",
    "％1",
)
HARMLESS = ("Why is there dust?", "1-2", "a=b", "水星为什么有水冰？", "O'Brien", '"quoted", and, commas', "two\nlines")


def read_csv(rows):
    text = "".join(csv_lines(COLUMNS, rows))
    assert text.startswith("\ufeff")
    return text, list(csv.reader(io.StringIO(text[1:], newline="")))[1:]


def read_xlsx(rows):
    file = io.BytesIO()
    write_xlsx(file, COLUMNS, rows, title="A table")
    return file, openpyxl.load_workbook(file)


@pytest.mark.parametrize("payload", FORMULAS)
def test_no_formula_in_csv(payload):
    _, rows = read_csv([(1, payload, 0.5)])
    assert rows == [["1", "'" + payload, "0.5"]]


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_is_unchanged(text):
    assert guarded(text) == text
    assert read_csv([(1, text, None)])[1] == [["1", text, ""]]


def test_every_csv_cell_is_quoted():
    text, _ = read_csv([(1, "a", -0.25)])
    assert text.splitlines() == ['\ufeff"id","text","value"', '"1","a","-0.25"']


def test_no_formula_in_xlsx():
    file, book = read_xlsx([(n, payload, -0.5) for n, payload in enumerate(FORMULAS)])
    cells = [cell for row in book.active.iter_rows(min_row=2) for cell in row]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.hyperlink is None for cell in cells)
    with zipfile.ZipFile(file) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_xlsx_keeps_every_text():
    _, book = read_xlsx([(n, text, 1 / 3) for n, text in enumerate(HARMLESS)])
    rows = list(book.active.iter_rows(min_row=2, values_only=True))
    assert [row[1] for row in rows] == list(HARMLESS)
    assert float(rows[0][2]) == 1 / 3


def test_xlsx_names_nobody():
    file, book = read_xlsx([])
    assert (book.properties.creator, book.properties.lastModifiedBy) in ((None, None), ("", ""))
    assert book.active.max_row == 1


def test_json_is_lossless():
    rows = [(n, text, 1 / 3) for n, text in enumerate((*FORMULAS, *HARMLESS))]
    document = json.loads("".join(json_pieces({"format": "test"}, COLUMNS, rows)))
    assert document["format"] == "test"
    assert [column["name"] for column in document["columns"]] == ["id", "text", "value"]
    assert [tuple(row.values()) for row in document["rows"]] == rows


def test_json_without_rows_is_valid():
    assert json.loads("".join(json_pieces({}, COLUMNS, [])))["rows"] == []
