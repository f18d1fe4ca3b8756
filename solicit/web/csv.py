"""Writing tables as CSV, so that no program takes a text for a formula, and none is changed on its way back."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

Cell = str | int | float | None

BOM = "\ufeff"
# A cell that begins so is a formula or a command to some spreadsheet; full-width forms are folded first.
DANGEROUS = ("=", "+", "-", "@", "|", "%", "\t", "\r", "\n", "\0")
CSV_TYPE = "text/csv; charset=utf-8"


def guarded(text: str) -> str:
    """A text as a CSV cell: what could start a formula gets an apostrophe before it, and loses it by ``unguarded``."""
    return f"'{text}" if _is_dangerous(text) else text


def unguarded(cell: str) -> str:
    """The text of a CSV cell, without the apostrophe that ``guarded`` put there."""
    return cell[1:] if cell.startswith("'") and _is_dangerous(cell) else cell


def cell_text(value: Cell) -> str:
    """A value as text; numbers as Python writes them, without loss, and nothing for None."""
    if value is None:
        return ""
    return value if isinstance(value, str) else repr(value)


def csv_lines(names: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """A CSV file piece by piece: UTF-8 with a BOM, every cell quoted, texts guarded."""
    yield BOM + _csv_line(names)
    for row in rows:
        yield _csv_line([guarded(value) if isinstance(value, str) else cell_text(value) for value in row])


def _is_dangerous(text: str) -> bool:
    # Apostrophes before it are passed over, so that a text with one of its own gets a second one, and keeps it.
    first = unicodedata.normalize("NFKC", text.lstrip("'")[:1])
    return first.startswith(DANGEROUS)


def _csv_line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL).writerow(cells)
    return line.getvalue()
