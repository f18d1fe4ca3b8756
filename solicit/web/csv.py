"""Writing tables as CSV, so that no program takes a text for a formula, and none is changed on its way back."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

Cell = str | int | float | None

BOM = "\ufeff"
# A cell that begins so is a formula or a command to some spreadsheet; full-width forms are folded first.
DANGEROUS = ("=", "+", "-", "@", "|", "%", "\t", "\r", "\n", "\0")
ROWS_PER_PIECE = 200
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
    piece = io.StringIO()
    writer = csv.writer(piece, quoting=csv.QUOTE_ALL)
    piece.write(BOM)
    writer.writerow(names)
    for number, row in enumerate(rows, 1):
        writer.writerow([guarded(value) if isinstance(value, str) else value for value in row])
        if number % ROWS_PER_PIECE == 0:
            yield _taken_out(piece)
    yield _taken_out(piece)


def _is_dangerous(text: str) -> bool:
    # Apostrophes before it are passed over, so that a text with one of its own gets a second one, and keeps it.
    return _begins_a_formula(text.lstrip("'")[:1] if text.startswith("'") else text[:1])


@lru_cache(maxsize=10_000)
def _begins_a_formula(sign: str) -> bool:
    return unicodedata.normalize("NFKC", sign).startswith(DANGEROUS)


def _taken_out(piece: io.StringIO) -> str:
    """What was written since the last time."""
    text = piece.getvalue()
    piece.seek(0)
    piece.truncate()
    return text
