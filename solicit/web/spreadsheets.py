"""Texts in cells of a CSV file, which spreadsheets may take for formulas."""

import unicodedata

# A cell that begins so is a formula or a command to some spreadsheet; full-width forms are folded first.
DANGEROUS = ("=", "+", "-", "@", "|", "%", "\t", "\r", "\n", "\0")


def guarded(text: str) -> str:
    """A text as a CSV cell: what could start a formula gets an apostrophe before it, and loses it by ``unguarded``."""
    return f"'{text}" if _is_dangerous(text) else text


def unguarded(cell: str) -> str:
    """The text of a CSV cell, without the apostrophe that ``guarded`` put there."""
    return cell[1:] if cell.startswith("'") and _is_dangerous(cell) else cell


def _is_dangerous(text: str) -> bool:
    # Apostrophes before it are passed over, so that a text with one of its own gets a second one, and keeps it.
    first = unicodedata.normalize("NFKC", text.lstrip("'")[:1])
    return first.startswith(DANGEROUS)
