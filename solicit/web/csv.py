"""Writing tables as CSV, so that no program takes a text for a formula."""

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
    """A text as a CSV cell: what could start a formula gets an apostrophe before it."""
    first = unicodedata.normalize("NFKC", text[:1])
    return f"'{text}" if first.startswith(DANGEROUS) else text


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


def _csv_line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL).writerow(cells)
    return line.getvalue()
