"""What a file says of itself: what it holds, which rows were chosen, and its data dictionary."""

from collections.abc import Iterator, Mapping

from solicit.reports.queries.exports import Export
from solicit.web.csv import csv_lines

ABOUT = ("part", "name", "kind", "meaning")


def about_lines(export: Export) -> list[tuple[str, str, str, str]]:
    """What the file is, under the heading ABOUT: its facts first, then its columns."""
    facts = [("file", name, "text", value) for name, value in _flat(export.about)]
    return facts + [("column", column.name, column.kind, column.meaning) for column in export.columns]


def dictionary_pieces(export: Export) -> Iterator[str]:
    """The file beside a bare CSV file that says what it is."""
    return csv_lines(ABOUT, about_lines(export))


def _flat(about: Mapping, before: str = "") -> Iterator[tuple[str, str]]:
    """The single values of nested objects, under names such as ``run.seed``."""
    for name, value in about.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", str(value)
