"""Bringing in a table of questions: reading its rows, checking them, and keeping the file until it is imported."""

from solicit.submissions.service.imports.batches import (
    check_batch,
    discard_batch,
    keep_batch,
    take_in_batch,
)
from solicit.submissions.service.imports.check import BY_ID, BY_TITLE, Checked, check_rows

__all__ = [
    "BY_ID",
    "BY_TITLE",
    "Checked",
    "check_batch",
    "check_rows",
    "discard_batch",
    "keep_batch",
    "take_in_batch",
]
