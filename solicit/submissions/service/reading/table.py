"""What every kind of file is read into, and the limits that hold for all of them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from solicit.errors import Refused
from solicit.words import N_

MOST_COLUMNS = 100
MOST_ROWS = 10_000
LONGEST_FIELD = 100_000
LONGEST_NAME = 60
# What no database text holds; other control characters concern one row only.
UNKEEPABLE = re.compile("[\0\ud800-\udfff]")


class UnreadableFile(Refused):
    """The whole file is refused; the message says why in one sentence."""


@dataclass(frozen=True)
class FileRow:
    """One row; ``cells`` is None when it does not have as many fields as the header."""

    line: int
    cells: tuple[str, ...] | None


@dataclass(frozen=True)
class Table:
    """A file as texts: the names of its columns and its rows, as wide as them."""

    columns: tuple[str, ...]
    rows: tuple[FileRow, ...]


def make_table(header: Sequence[str], rows: Iterable[FileRow]) -> Table:
    """The table of a header and rows; raises UnreadableFile where they cannot be one."""
    columns = _columns(header)
    kept: list[FileRow] = []
    for row in rows:
        if len(kept) == MOST_ROWS:
            raise UnreadableFile(N_("The file has more than %(most)s rows. Split it."), most=MOST_ROWS)
        kept.append(FileRow(row.line, _checked(row, len(columns))))
    return Table(columns, tuple(kept))


def _columns(header: Sequence[str]) -> tuple[str, ...]:
    columns = tuple(name.strip() for name in header)
    if not any(columns):
        raise UnreadableFile(N_("The file is empty, or its first row does not name the columns."))
    if len(columns) > MOST_COLUMNS:
        raise UnreadableFile(
            N_("The file has %(n)s columns; at most %(most)s can be read."), n=len(columns), most=MOST_COLUMNS
        )
    names = [name.casefold() for name in columns if name]
    double = next((name for name in names if names.count(name) > 1), None)
    if double is not None:
        raise UnreadableFile(
            N_("Two columns are called “%(name)s”. Give each its own name."), name=double[:LONGEST_NAME]
        )
    _keepable(columns)
    return columns


def _checked(row: FileRow, width: int) -> tuple[str, ...] | None:
    if row.cells is None:
        return None
    _keepable(row.cells)
    return row.cells if len(row.cells) == width else None


def _keepable(cells: Sequence[str]) -> None:
    for cell in cells:
        if len(cell) > LONGEST_FIELD:
            raise UnreadableFile(
                N_("The file has a field of more than %(most)s characters. Is a quotation mark left open?"),
                most=LONGEST_FIELD,
            )
        if UNKEEPABLE.search(cell):
            raise UnreadableFile(N_("The file holds a NUL character or half a character, which no text has."))
