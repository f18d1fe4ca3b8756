"""XLSX: the first sheet of a workbook, behind a guard that reads the archive's directory before anything else."""

import io
import zipfile
from collections.abc import Iterator
from itertools import islice

import openpyxl
from openpyxl.xml import DEFUSEDXML

from solicit.submissions.service.reading.table import (
    MOST_COLUMNS,
    MOST_ROWS,
    FileRow,
    Table,
    UnreadableFile,
    make_table,
)
from solicit.words import N_

if not DEFUSEDXML:
    raise ImportError("defusedxml is missing: without it a small workbook of entities in entities fills the memory")

MOST_ENTRIES = 200
LARGEST_UNPACKED = 50_000_000
LARGEST_RATIO = 100
ARCHIVES = (".zip", ".xlsx", ".xlsm", ".docx", ".ods", ".gz", ".bz2", ".xz", ".7z", ".rar", ".tar", ".jar")


def read_workbook(content: bytes) -> Table:
    """The table on the first sheet; formulas are not evaluated, what they gave last is read."""
    guard_archive(content)
    try:
        header, *rows = _rows(content)
    except UnreadableFile:
        raise
    except Exception:
        # openpyxl meets broken and hostile workbooks with errors of every kind; none of them is ours.
        raise UnreadableFile(N_("The workbook cannot be read. Open it, save it as .xlsx and try again.")) from None
    width = len(header.cells)
    while width > 1 and not header.cells[width - 1] and not any(row.cells[width - 1 : width] != ("",) for row in rows):
        width -= 1
    return make_table(header.cells[:width], (FileRow(row.line, row.cells[:width]) for row in rows))


def guard_archive(content: bytes) -> None:
    """Raise UnreadableFile for a bomb, by the archive's directory: nothing is unpacked for it.

    What is unpacked later cannot be more than the directory says; the library stops there.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise UnreadableFile(N_("The file is not a whole workbook.")) from None
    if len(entries) > MOST_ENTRIES:
        raise UnreadableFile(N_("The workbook has too many parts."))
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > LARGEST_UNPACKED or any(_ratio(entry) > LARGEST_RATIO for entry in entries):
        raise UnreadableFile(N_("The workbook is too large once it is unpacked. Split it."))
    if any(entry.filename.casefold().endswith(ARCHIVES) for entry in entries):
        raise UnreadableFile(N_("The workbook holds another archive. Save it without attachments."))
    if not any(entry.filename == "xl/workbook.xml" for entry in entries):
        raise UnreadableFile(N_("The archive is not an .xlsx workbook."))


def _ratio(entry: zipfile.ZipInfo) -> float:
    return entry.file_size / max(entry.compress_size, 1)


def _rows(content: bytes) -> list[FileRow]:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # a file may claim any size
        # One column and one row more than may be, so that too many are seen.
        rows = _filled(sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True))
        return list(islice(rows, MOST_ROWS + 2)) or [FileRow(1, ("",))]
    finally:
        book.close()


def _filled(rows: Iterator[tuple]) -> Iterator[FileRow]:
    empty = None
    for line, values in enumerate(rows, 1):
        # For a gap of a million rows openpyxl gives the same empty one again and again.
        if values is empty:
            continue
        if values.count(None) == len(values):
            empty = values
        else:
            yield FileRow(line, tuple(_cell(value) for value in values))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        # The escape of an escape, which openpyxl takes off in shared texts but not in those inside a cell.
        return value.replace("_x005F_x", "_x")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat(" ") if hasattr(value, "isoformat") else str(value)
