"""JSON Lines: what the file is and its data dictionary, then one object for each row; nothing is lost."""

import json
from collections.abc import Iterator

from solicit.reports.queries.exports import Export

JSONL_TYPE = "application/jsonl; charset=utf-8"
ROWS_PER_PIECE = 200

_written = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def jsonl_pieces(export: Export) -> Iterator[str]:
    """The file piece by piece."""
    names = [column.name for column in export.columns]
    lines = [_written({**export.about, "columns": [vars(column) for column in export.columns]})]
    for row in export.rows:
        lines.append(_written(dict(zip(names, row, strict=True))))
        if len(lines) >= ROWS_PER_PIECE:
            yield "\n".join(lines) + "\n"
            lines.clear()
    if lines:
        yield "\n".join(lines) + "\n"
