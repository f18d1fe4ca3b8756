"""Reading a file of questions: what is wrong with the whole of it, and the texts of its rows."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

LARGEST_FILE = 50_000_000
LARGEST_FIELD = 100_000

# Our own header, and that of public collections of questions; the value is our name for the column.
OWN_HEADER = {
    name: name for name in ("title", "goal_overview", "significance", "approach", "theme", "kind", "language", "source")
}
COLLECTION_HEADER = {
    "question": "title",
    "background": "goal_overview",
    "theme_guess": "theme",
    "tags": "tags",
    "source": "source",
    "licence": "licence",
    "language": "language",
}
TITLE_COLUMNS = {"title": OWN_HEADER, "question": COLLECTION_HEADER}


class UnreadableFile(Exception):
    """The whole file is refused; the message says why in one sentence."""


@dataclass(frozen=True)
class FileRow:
    """One row by our column names; ``values`` is None when it does not have as many fields as the header."""

    line: int
    values: dict[str, str] | None


def read_rows(path: Path) -> tuple[FileRow, ...]:
    """Every row of a CSV file; raises UnreadableFile before anything could be imported."""
    text = _text_of(path)
    before = csv.field_size_limit(LARGEST_FIELD)
    try:
        return tuple(_rows(csv.reader(io.StringIO(text, newline=""), strict=True)))
    except csv.Error as error:
        raise UnreadableFile(f"The file is not well-formed CSV: {error}.") from None
    finally:
        csv.field_size_limit(before)


def _text_of(path: Path) -> str:
    if path.stat().st_size > LARGEST_FILE:
        raise UnreadableFile(f"The file is larger than {LARGEST_FILE // 1_000_000} MB. Split it.")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"The file is not UTF-8 text: byte {error.start + 1} cannot be read.") from None
    if "\0" in text:
        raise UnreadableFile("The file holds a NUL character, which no text has.")
    return text


def _rows(reader):
    columns = _columns(next(reader, []))
    for fields in reader:
        if not fields:
            continue
        fits = len(fields) == len(columns)
        yield FileRow(reader.line_num, dict(zip(columns, fields, strict=True)) if fits else None)


def _columns(header: list[str]) -> list[str]:
    names = [name.strip().casefold() for name in header]
    known = next((columns for title, columns in TITLE_COLUMNS.items() if title in names), None)
    if known is None or not set(names) <= set(known) or len(set(names)) < len(names):
        raise UnreadableFile(
            f"The header is not one we know: it has {len(names)} columns. Use {','.join(OWN_HEADER)} "
            f"(only title is needed) or {','.join(COLLECTION_HEADER)} (only question is needed)."
        )
    return [known[name] for name in names]
