"""The formats in which tables are taken away: CSV, XLSX and JSON Lines, each written row by row."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import BinaryIO

from solicit.reports.queries.exports import Export
from solicit.reports.tables.about import dictionary_pieces as dictionary_pieces
from solicit.reports.tables.jsonl import JSONL_TYPE, jsonl_pieces
from solicit.reports.tables.xlsx import XLSX_TYPE, write_xlsx
from solicit.web.csv import CSV_TYPE, csv_lines


@dataclass(frozen=True)
class Format:
    """One format: what people call it, its type, and what writes an export into a file."""

    label: str
    mimetype: str
    write: Callable[[BinaryIO, Export], None]


def _write_csv(file: BinaryIO, export: Export) -> None:
    """The bare table, which every program reads; what it is stands in a file of its own (``dictionary_pieces``)."""
    _write(file, csv_lines([column.name for column in export.columns], export.rows))


def _write_jsonl(file: BinaryIO, export: Export) -> None:
    _write(file, jsonl_pieces(export))


def _write(file: BinaryIO, pieces: Iterable[str]) -> None:
    file.writelines(piece.encode() for piece in pieces)


# By the ending of the file.
FORMATS = {
    "csv": Format("CSV", CSV_TYPE, _write_csv),
    "xlsx": Format("XLSX", XLSX_TYPE, write_xlsx),
    "jsonl": Format("JSON Lines", JSONL_TYPE, _write_jsonl),
}
