"""XLSX workbooks, written row by row: every text is a text in its cell, so none becomes a formula or a link.

Written here because a library that builds each cell by a call takes four times as long (decisions/0032).
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import BinaryIO

from solicit.errors import Refused
from solicit.reports.queries.exports import Export
from solicit.reports.tables.about import ABOUT, about_lines
from solicit.web.csv import Cell
from solicit.words import N_

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_TEXT = 32_767
SHORT = 60
MOST_ROWS = 1_048_576
LONGEST_SHEET_NAME = 31
# Spreadsheets keep 15 digits of a number.
LARGEST_NUMBER = 10**15
ROWS_PER_PIECE = 200
# One day for every part, so that the same rows give the same bytes.
DAY = (1980, 1, 1, 0, 0, 0)

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
# What XML does not hold or would change, and what a workbook would read as such an escape.
UNSAFE = re.compile("[&<>\0-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
FROZEN = (
    '<sheetViews><sheetView workbookViewId="0"><pane xSplit="1" ySplit="1" topLeftCell="B2" state="frozen"/>'
    "</sheetView></sheetViews>"
)


def write_xlsx(file: BinaryIO, export: Export) -> None:
    """Write a workbook with the table, and with a second sheet that says what it is."""
    heading = [column.name for column in export.columns]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, content in _frame(export.name):
            book.writestr(zipfile.ZipInfo(name, DAY), content)
        _write_sheet(book, 1, heading, export.rows, view=FROZEN)
        _write_sheet(book, 2, ABOUT, about_lines(export))


def _frame(name: str) -> Iterator[tuple[str, str]]:
    """The parts that hold the two sheets together; nobody is named in them."""
    numbers = (1, 2)
    parts = "".join(f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{SHEET_TYPE}"/>' for n in numbers)
    yield (
        "[Content_Types].xml",
        (
            f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
            f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{XLSX_TYPE}.main+xml"/>{parts}</Types>'
        ),
    )
    yield "_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")])
    yield "xl/_rels/workbook.xml.rels", _relations([("worksheet", f"worksheets/sheet{n}.xml") for n in numbers])
    names = (name[:LONGEST_SHEET_NAME], "About")
    sheets = "".join(f'<sheet name="{title}" sheetId="{n}" r:id="rId{n}"/>' for n, title in enumerate(names, 1))
    views = "<bookViews><workbookView/></bookViews>"
    yield "xl/workbook.xml", f'{HEAD}<workbook {MAIN} xmlns:r="{OFFICE}">{views}<sheets>{sheets}</sheets></workbook>'


def _relations(targets: list[tuple[str, str]]) -> str:
    lines = (
        f'<Relationship Id="rId{n}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{"".join(lines)}</Relationships>'


def _write_sheet(
    book: zipfile.ZipFile, number: int, heading: Sequence[str], rows: Iterable[Sequence[Cell]], *, view: str = ""
) -> None:
    part = zipfile.ZipInfo(f"xl/worksheets/sheet{number}.xml", DAY)
    part.compress_type = zipfile.ZIP_DEFLATED
    with book.open(part, "w", force_zip64=True) as sheet:
        piece = [f"{HEAD}<worksheet {MAIN}>{view}<sheetData>", _row(1, heading)]
        for n_row, row in enumerate(rows, 2):
            piece.append(_row(n_row, row))
            if len(piece) >= ROWS_PER_PIECE:
                sheet.write("".join(piece).encode())
                piece.clear()
        sheet.write(f"{''.join(piece)}</sheetData></worksheet>".encode())


def _row(number: int, row: Sequence[Cell]) -> str:
    if number > MOST_ROWS:
        raise Refused(
            N_("A sheet holds at most %(most)s rows. Take the table away as CSV, or choose fewer rows."), most=MOST_ROWS
        )
    return f'<row r="{number}">{"".join(map(_cell, row))}</row>'


def _cell(value: Cell) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, str):
        return _short_text(value) if len(value) <= SHORT else _text(value)
    return f"<c><v>{value!r}</v></c>" if -LARGEST_NUMBER < value < LARGEST_NUMBER else _text(repr(value))


def _text(value: str) -> str:
    return f'<c t="inlineStr"><is><t xml:space="preserve">{UNSAFE.sub(_escape, value[:LONGEST_TEXT])}</t></is></c>'


# Names, keys and dates come again in every row.
_short_text = lru_cache(maxsize=10_000)(_text)


def _escape(found: re.Match) -> str:
    sign = found[0]
    return ENTITIES.get(sign) or f"_x{ord(sign):04X}_"
