"""What the API answers when it refuses: one shape for all (RFC 9457), in English, with what to do."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import NoReturn

from flask import Response, json
from marshmallow import Schema, fields
from webargs.flaskparser import abort

PROBLEM_TYPE = "application/problem+json"

# What happened where nothing else is known of it, and what to do.
WORDS: dict[int, tuple[str, str]] = {
    400: ("The request could not be read.", "Check the address, the cursor and the JSON of the body."),
    401: ("There is no valid token with this request.", "Send “Authorization: Bearer” and a token that is not over."),
    403: ("This token, or this person, may not do this.", "Use a token with the scope, of a person with the role."),
    404: ("There is nothing at this address, or nothing that you may see.", "Check the address."),
    405: ("This address does not take that method.", "Use one that the header Allow names."),
    409: ("The present state does not allow this.", "Read the thing again before you decide what to do."),
    410: ("This is gone.", "Do not ask for it again."),
    412: ("Somebody changed this since you read it.", "Read it again, and send the change with the new ETag."),
    413: ("The body is larger than the API takes.", "Send less."),
    415: ("The body is of a kind that the API does not read.", "Send JSON, not compressed, as application/json."),
    422: ("A value is not right, or a rule forbids it.", "Correct what “errors” names, or what “detail” says."),
    428: ("A change has to say which state it is based on.", "Send the header If-Match with the ETag that you read."),
    429: ("There were too many requests in a short time.", "Wait as many seconds as Retry-After says."),
    500: ("The fault is ours and has been recorded.", "Try again later, or write to us with the reference."),
    503: ("The site cannot answer at the moment.", "Try again in a minute."),
}


class ProblemSchema(Schema):
    """Why a request was refused (RFC 9457)."""

    class Meta:
        ordered = True

    type = fields.String(required=True, metadata={"description": "Always “about:blank”: the status says it all."})
    title = fields.String(required=True, metadata={"description": "The name of the status."})
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "What happened."})
    remedy = fields.String(required=True, metadata={"description": "What to do."})
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "What is wrong with each value, by the name of its field or parameter."},
    )
    reference = fields.String(metadata={"description": "Under which our log has a fault of ours."})


def problem(status: int, *, detail: str | None = None, reference: str | None = None, errors: object = None) -> Response:
    """The answer that says why a request was refused."""
    usual, remedy = WORDS.get(status, WORDS[400])
    said = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or usual,
        "remedy": remedy,
    }
    if reference:
        said["reference"] = reference
    if errors:
        said["errors"] = dict(_flat(errors))
    return Response(json.dumps(said), status, mimetype=PROBLEM_TYPE)


def refuse_fields(errors: Mapping[str, object]) -> NoReturn:
    """Refuse a request for values that a rule forbids, by the names of their fields."""
    abort(422, messages={"json": errors})


def _flat(errors: object) -> Iterator[tuple[str, list[str]]]:
    """Errors by one name each, such as “author.country”; the place they were sent in is left out."""
    for place in errors.values() if isinstance(errors, Mapping) else ():
        yield from _named("", place)


def _named(name: str, errors: object) -> Iterator[tuple[str, list[str]]]:
    if not isinstance(errors, Mapping):
        yield name or "body", [str(each) for each in errors]
        return
    for key, inner in errors.items():
        part = "" if key == "_schema" else str(key)
        yield from _named(".".join(filter(None, (name, part))), inner)
