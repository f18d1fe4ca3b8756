"""Reading what a request sends: JSON without surprises, and no parameter that is not known."""

import json
from typing import NoReturn

from flask import Request
from marshmallow import RAISE
from webargs.flaskparser import FlaskParser, abort

LARGEST_BODY = 200_000


class Parser(FlaskParser):
    """Hands what was sent to the view by name: ``sent``, ``query`` or ``headers``."""

    USE_ARGS_POSITIONAL = False
    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | {"query": RAISE}

    def get_default_arg_name(self, location: str, schema: object) -> str:
        return {"json": "sent"}.get(location, location)

    def _raw_load_json(self, req: Request) -> object:
        if req.mimetype != "application/json":
            abort(415)
        try:
            return json.loads(req.get_data().decode(), parse_constant=_refuse, object_pairs_hook=_unique)
        except (ValueError, RecursionError):
            abort(400, description="The body is not JSON that the API reads.")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object whose names are there once: of two, nobody knows which one counts."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is there twice")
    return found
