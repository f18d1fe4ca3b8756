"""CSV: fields between commas, semicolons or tabs."""

import csv
import io
from collections.abc import Iterator

from solicit.submissions.service.reading.table import LONGEST_FIELD, FileRow, Table, UnreadableFile, make_table
from solicit.web.csv import unguarded
from solicit.words import N_

DELIMITERS = (",", ";", "\t")


def read_delimited(text: str) -> Table:
    """The table of a CSV file."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    before = csv.field_size_limit(LONGEST_FIELD)
    try:
        return make_table(next(reader, []), _rows(reader))
    except csv.Error:
        raise UnreadableFile(
            N_("The file is not well-formed CSV at line %(n)s. Is a quotation mark left open?"), n=reader.line_num
        ) from None
    finally:
        csv.field_size_limit(before)


def _delimiter(text: str) -> str:
    """What stands most often in the first line, which names the columns; a comma where nothing does."""
    return max(DELIMITERS, key=text.partition("\n")[0].count)


def _rows(reader) -> Iterator[FileRow]:
    for fields in reader:
        if fields:
            yield FileRow(reader.line_num, tuple(unguarded(field) for field in fields))
