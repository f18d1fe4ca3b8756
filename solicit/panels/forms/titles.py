"""Titles of what somebody wrote, from pasted lines, CSV or BibTeX; nothing but the titles is kept."""

import csv
import io
import re
from collections.abc import Iterable

from solicit.web.text import BadText, one_line

MOST_TITLES = 200
LONGEST_TITLE = 300
LARGEST_FILE = 200_000
# Blanks of one line only: over empty lines the search would take minutes.
BIBTEX_ENTRY = re.compile(r"^[ \t]*@\w+\s*[{(]", re.MULTILINE)
BIBTEX_TITLE = re.compile(r"(?<![\w-])title\s*=\s*", re.IGNORECASE)
TEX_COMMAND = re.compile(r"\\[a-zA-Z]+\s*|\\.")


class TooManyTitles(ValueError):
    """More titles than anybody compares."""


class UnreadableTitles(ValueError):
    """A text with control characters."""


def titles_in(text: str, name: str) -> tuple[str, ...]:
    """The different titles in a text; ``name`` is of its file, and says whether it is CSV."""
    if BIBTEX_ENTRY.search(text):
        found = _of_bibtex(text)
    elif name.lower().endswith((".csv", ".tsv")):
        found = _of_table(text)
    else:
        found = text.splitlines()
    try:
        cleaned = (one_line(title)[:LONGEST_TITLE].strip() for title in found)
        titles = tuple(dict.fromkeys(title for title in cleaned if title))
    except BadText:
        raise UnreadableTitles from None
    if len(titles) > MOST_TITLES:
        raise TooManyTitles
    return titles


def _of_bibtex(text: str) -> Iterable[str]:
    for begin in BIBTEX_TITLE.finditer(text):
        value = _braced(text, begin.end())
        yield TEX_COMMAND.sub("", value).replace("{", "").replace("}", "")


def _braced(text: str, at: int) -> str:
    """What stands between the brace, or the quotation mark, at a place and the one that closes it."""
    if text[at : at + 1] not in ("{", '"'):
        return ""
    is_quoted, depth = text[at] == '"', 0
    for end in range(at + 1, min(at + 2 * LONGEST_TITLE, len(text))):
        sign = text[end]
        if depth == 0 and sign == ('"' if is_quoted else "}"):
            return text[at + 1 : end]
        depth += (sign == "{") - (sign == "}")
    return ""


def _of_table(text: str) -> Iterable[str]:
    """The column called title, or the first one where none is."""
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=separator))
    except csv.Error:
        raise UnreadableTitles from None
    names = [cell.strip().lower() for cell in rows[0]] if rows else []
    has_names = "title" in names
    column = names.index("title") if has_names else 0
    return (row[column] for row in rows[has_names:] if len(row) > column)
