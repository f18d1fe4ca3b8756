"""The operations of a feature: each says in its decorators who may ask, what it reads, and all that it may answer."""

from collections.abc import Callable, Sequence
from http import HTTPStatus

import flask_smorest

from solicit.access.guard import Door, door_of
from solicit.access.policy import KNOWN_DOORS, ROLE_WORDS
from solicit.access.scopes import scopes_that_open
from solicit.web.api.answers import tagged
from solicit.web.api.bodies import LARGEST_BODY, Parser
from solicit.web.api.problems import PROBLEM_TYPE, WORDS, ProblemSchema
from solicit.web.headers import takes_body
from solicit.web.limits import asker, limiter

READ_LIMIT = limiter.shared_limit("600 per minute", scope="api reads", key_func=asker)
WRITE_LIMIT = limiter.shared_limit("60 per minute", scope="api writes", key_func=asker)
PARTS = {
    "call": "The call, by the word in its address.",
    "label": "The number of a question or plan, such as Q-1203 or P-87.",
    "reference": "The reference of a submission, such as S-7F3K-9Q2M.",
    "question_id": "The number of a question at the desk, screened or not.",
    "topic_id": "The number of a topic.",
    "ranking_id": "The number of a published ranking.",
    "run_id": "The number of a frozen ranking.",
    "job_id": "The number of a job.",
    "table": "The name of a table, as the list of exports says it.",
    "file_format": "The format of a file.",
}


class ApiBlueprint(flask_smorest.Blueprint):
    """A part of the API; its operations document every status that they can give."""

    ARGUMENTS_PARSER = Parser()

    def __init__(self, name: str, description: str) -> None:
        super().__init__(name, __name__, description=description)

    def route(self, rule: str, *, refuses: Sequence[int] = (), **options) -> Callable:
        """Register an operation; ``refuses`` are the statuses that no decorator tells of."""

        def register(view: Callable) -> Callable:
            (method,) = options["methods"]
            writes = method != "GET"
            said = view._apidoc
            takes = [parameter["in"] for parameter in said.get("arguments", {}).get("parameters", ())]
            said.get("arguments", {}).pop("responses", None)
            statuses = {*_refusals(rule, method, door_of(view), takes), *refuses} - _never(said)
            described = self.doc(
                responses={str(status): problem_response(status) for status in sorted(statuses)},
                security=_security(door_of(view), writes=writes),
                **{"x-who": _who(door_of(view), writes=writes)},
            )(tagged(view))
            limited = (WRITE_LIMIT if writes else READ_LIMIT)(takes_body(LARGEST_BODY)(described))
            parameters = [
                {"name": name, "in": "path", "description": text} for name, text in PARTS.items() if f"{name}>" in rule
            ]
            super(ApiBlueprint, self).route(rule, parameters=parameters, tags=[self.name], **options)(limited)
            return view

        return register


def problem_response(status: int) -> dict:
    """How the document describes a refusal, with an example."""
    if status == HTTPStatus.NOT_MODIFIED:
        return {"description": "It is as If-None-Match says."}
    detail, remedy = WORDS[status]
    example = dict(type="about:blank", title=HTTPStatus(status).phrase, status=status, detail=detail, remedy=remedy)
    headers = {
        401: {"WWW-Authenticate": {"schema": {"type": "string"}, "description": "Bearer"}},
        429: {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}},
        503: {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}},
    }.get(status)
    return {
        "description": detail,
        "content": {PROBLEM_TYPE: {"schema": ProblemSchema, "example": example}},
        **({"headers": headers} if headers else {}),
    }


def _refusals(rule: str, method: str, door: Door, takes: Sequence[str]) -> set[int]:
    """Every status above 299 that an operation can give because of what it is."""
    found = {401, 429, 500, 503}
    if "<" in rule:
        found |= {400, 404}
    if door.permission or "<call>" in rule:
        found.add(403)
    if takes:
        found |= {400, 422}
    if "json" in takes:
        found |= {413, 415}
    if method == "GET":
        found.add(304)
    if method == "PATCH":
        found |= {412, 428}
    return found


def _never(said: dict) -> set[int]:
    """A file has no ETag."""
    answers = [answer for answers in said["response"]["responses"].values() for answer in answers]
    return {304} if any(answer["content_type"] for answer in answers) else set()


def _security(door: Door, *, writes: bool) -> list[dict]:
    if door.permission is None:
        return [{}, {"token": []}]
    return [{"token": [scope]} for scope in scopes_that_open(door.permission, writes=writes)]


def _who(door: Door, *, writes: bool) -> str:
    """Who may ask, in a sentence."""
    if door.permission is None:
        return "Everybody, without a token, too."
    scopes = " or ".join(scopes_that_open(door.permission, writes=writes))
    role = KNOWN_DOORS.get(door.permission)
    person = f"a person who is {ROLE_WORDS[role]}" if role else f"a person who may {door.permission.value}"
    return f"With a token of {person} and with the scope {scopes}."
