"""Answers that say which state they show, so that nobody reads the same twice or overwrites what they have not read."""

from collections.abc import Callable
from functools import wraps

from flask import Response, abort, jsonify, request
from marshmallow import Schema
from werkzeug.http import generate_etag


def tagged(view: Callable) -> Callable:
    """Mark what a view answers with its ETag; who has it already is told so."""

    @wraps(view)
    def answer(**view_args) -> Response:
        answer = view(**view_args)
        if not answer.mimetype.endswith("json"):
            answer.headers["Cache-Control"] = "no-store"
            return answer
        tag = generate_etag(answer.get_data())
        answer.set_etag(tag)
        if request.method in ("GET", "HEAD"):
            answer.headers["Cache-Control"] = "private, no-cache"
            if request.if_none_match.contains(tag):
                answer.status_code = 304
                answer.set_data(b"")
        return answer

    return answer


def check_unchanged(schema: type[Schema], value: object) -> None:
    """Refuse a change that is not based on the present state of a thing."""
    if not request.if_match:
        abort(428)
    if not request.if_match.contains(generate_etag(jsonify(schema().dump(value)).get_data())):
        abort(412)
