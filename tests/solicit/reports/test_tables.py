"""Writers of tables: what goes in comes out in every format, and nothing becomes a formula."""

import csv
import io
import json
import shutil
import subprocess
import zipfile

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from solicit.reports.queries.columns import Column
from solicit.reports.queries.exports import TABLES, Export
from solicit.reports.tables import FORMATS, dictionary_pieces
from solicit.web.csv import ROWS_PER_PIECE, csv_lines, guarded, unguarded

COLUMNS = (Column("id", "integer", "A number"), Column("text", "text", "A text"), Column("value", "number", "A value"))
ABOUT = {"format": "solicit test 1", "filter": {"search": "=ice"}}

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
HARMLESS = (
    "Why is there dust?",
    "1-2",
    "a=b",
    "水星为什么有水冰？",
    "O'Brien",
    '"quoted", and, <commas> & more',
    "two\nlines",
    " spaces ",
    "_x0041_ _x005F_x0041_",
)


def export(rows, columns=COLUMNS) -> Export:
    return Export(name="a-table", title="A table", columns=columns, number=None, about=ABOUT, rows=iter(rows))


def written(file_format, rows, columns=COLUMNS) -> bytes:
    file = io.BytesIO()
    FORMATS[file_format].write(file, export(rows, columns))
    return file.getvalue()


def read_csv(rows, columns=COLUMNS) -> list[list[str]]:
    text = written("csv", rows, columns).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline="")))[1:]


def read_xlsx(rows, columns=COLUMNS) -> list[tuple]:
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", rows, columns)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert all(cell.hyperlink is None for cell in cells)
    return [tuple(map(_unescaped, row)) for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)]


def _unescaped(value):
    """As spreadsheets read it: openpyxl leaves the escapes of texts inside a cell."""
    return unescape(value) if isinstance(value, str) else value


@pytest.mark.parametrize("name", TABLES)
def test_no_text_of_any_table_becomes_a_formula_and_all_come_back(name):
    columns = TABLES[name].columns
    rows = [tuple(text if column.kind != "number" else -0.5 for column in columns) for text in FORMULAS]
    lines = read_csv(rows, columns)
    texts = [[cell for cell, column in zip(line, columns, strict=True) if column.kind != "number"] for line in lines]
    assert {cell for line in texts for cell in line} == {"'" + text for text in FORMULAS}
    assert [tuple(unguarded(cell) for cell in line) for line in texts] == [
        (text,) * len(line) for text, line in zip(FORMULAS, texts, strict=True)
    ]
    assert read_xlsx(rows, columns) == rows
    _about, *objects = map(json.loads, written("jsonl", rows, columns).decode().split("\n")[:-1])
    assert [tuple(each.values()) for each in objects] == rows


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_is_unchanged(text):
    assert guarded(text) == text
    assert read_csv([(1, text, None)]) == [["1", text, ""]]
    assert read_xlsx([(1, text, None)]) == [(1, text, None)]


def test_every_csv_cell_is_quoted():
    lines = written("csv", [(1, "a", -0.25)]).decode().splitlines()
    assert lines == ['\ufeff"id","text","value"', '"1","a","-0.25"']


def test_csv_is_written_while_rows_come():
    asked = []
    rows = (asked.append(n) or (n, "a", None) for n in range(10 * ROWS_PER_PIECE))
    next(csv_lines(["id", "text", "value"], rows))
    assert len(asked) == ROWS_PER_PIECE


def test_xlsx_keeps_numbers_that_spreadsheets_can_hold():
    assert read_xlsx([(7, "x", 1 / 3), (2**62, "x", None)]) == [(7, "x", 1 / 3), (str(2**62), "x", None)]


def test_xlsx_names_nobody_and_is_the_same_twice():
    content = written("xlsx", [(1, "a", 0.5)])
    assert content == written("xlsx", [(1, "a", 0.5)])
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert not [name for name in parts.namelist() if name.startswith("docProps")]
        assert not [name for name in parts.namelist() if b"<f>" in parts.read(name)]


def test_xlsx_says_what_it_is_on_its_second_sheet():
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", [])))
    assert book.sheetnames == ["a-table", "About"]
    assert list(book["About"].iter_rows(values_only=True)) == [
        ("part", "name", "kind", "meaning"),
        ("file", "format", "text", "solicit test 1"),
        ("file", "filter.search", "text", "=ice"),
        ("column", "id", "integer", "A number"),
        ("column", "text", "text", "A text"),
        ("column", "value", "number", "A value"),
    ]


def test_dictionary_of_a_csv_file_says_the_same():
    lines = "".join(dictionary_pieces(export([]))).splitlines()
    assert lines[2:4] == ['"file","filter.search","text","\'=ice"', '"column","id","integer","A number"']


def test_json_lines_is_lossless_and_says_what_it_is():
    rows = [(n, text, 1 / 3) for n, text in enumerate((*FORMULAS, *HARMLESS))]
    first, *others = written("jsonl", rows).decode().split("\n")[:-1]
    about = json.loads(first)
    assert about == ABOUT | {"columns": [vars(column) for column in COLUMNS]}
    assert [tuple(json.loads(line).values()) for line in others] == rows


def test_json_lines_without_rows_is_its_first_line():
    assert written("jsonl", []).count(b"\n") == 1


@pytest.mark.full
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_libreoffice_finds_texts_only(tmp_path, file_format):
    """What it read and saved again as flat XML has cells of texts and numbers, and no formula."""
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice is not installed: apt-get install libreoffice-calc")
    rows = [(n, text, -0.5) for n, text in enumerate(FORMULAS)]
    (tmp_path / f"table.{file_format}").write_bytes(written(file_format, rows))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    convert = [soffice, profile, "--headless", "--convert-to", "fods", "--outdir", str(tmp_path)]
    subprocess.run([*convert, str(tmp_path / f"table.{file_format}")], check=True, capture_output=True, timeout=120)
    content = (tmp_path / "table.fods").read_text()
    assert "table:formula" not in content
    assert "xlink:href" not in content.partition("<office:body>")[2]
    assert content.count("cmd|") == 3
