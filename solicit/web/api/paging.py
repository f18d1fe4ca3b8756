"""Lists a page at a time: a page begins after the last row of the one before, wherever that row stands by now."""

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from flask import abort, current_app, request
from itsdangerous import BadData, URLSafeSerializer
from marshmallow import fields, validate

from solicit.web.addresses import public_root
from solicit.web.api.schemas import Sent
from solicit.web.pagination import After
from solicit.web.routing import LARGEST_ID

MOST_ROWS = 100


class PageQuery(Sent):
    """Which page of a list."""

    cursor = fields.String(
        metadata={"description": "Where the page begins: what “next” of the page before says. None for the first."}
    )
    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(1, MOST_ROWS),
        metadata={"description": "How many rows at most."},
    )


def asked_window(query: dict) -> After:
    """The rows that a request asks for, and one more, which tells whether there is a next page."""
    n_before, after = _read(query["cursor"]) if query.get("cursor") else (0, None)
    return After(size=query["limit"] + 1, n_before=n_before, after=after)


def paged(
    name: str, rows: Sequence, window: After, *, key: Callable[[object], int], total: int | None = None
) -> tuple[dict, int, dict]:
    """One page under its name, the address of the next one, and how many rows there are in all, where it is known."""
    limit = window.size - 1
    shown, is_last = rows[:limit], len(rows) <= limit
    following = None if is_last else _address(window.n_before + limit, key(shown[-1]))
    page = {name: shown, "next": following}
    if total is not None:
        page["total"] = total
    return page, 200, {"Link": f'<{following}>; rel="next"'} if following else {}


def _address(n_before: int, after: int) -> str:
    cursor = _signer().dumps([n_before, after])
    query = request.args.to_dict() | {"cursor": cursor}
    return f"{public_root()}{request.path}?{urlencode(query)}"


def _read(cursor: str) -> tuple[int, int]:
    """What a cursor of ours says; 400 for any other text, and for one of another list."""
    try:
        n_before, after = _signer().loads(cursor)
    except (BadData, ValueError, TypeError):
        abort(400, description="This cursor is not one of this list.")
    return min(n_before, LARGEST_ID), after


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"cursor of {request.path}")
