"""The document of the API: it names every operation, and every refusal that it names can happen."""

import re
from dataclasses import dataclass, field

import pytest
from sqlalchemy.exc import OperationalError

from architecture.test_hostile_values import VALUES
from architecture.world import World, reviewed_doors
from solicit.access import service as access
from solicit.access.scopes import SCOPE_WORDS, SCOPES
from solicit.api import root
from solicit.clock import utcnow
from solicit.db import db
from solicit.web.api.document import openapi

DOORS = {door.endpoint: door for door in reviewed_doors() if door.endpoint.startswith("api.")}
# What depends on the state of a thing is for the tests of that thing.
OF_A_STATE = {"200", "201", "202", "409"}
USUAL = {"Idempotency-Key": "x", "If-Match": "*"}


@dataclass
class Trial:
    """A request that should be answered with one status, and what it takes on the side of the site."""

    headers: dict = field(default_factory=lambda: dict(USUAL))
    call: str | None = None
    query: str = ""
    body: dict | None = None
    raises: Exception | None = None
    is_limited: bool = False


@pytest.fixture(scope="module")
def document(world) -> dict:
    return openapi(world.app, root)


def operations(world: World, document: dict) -> dict[str, dict]:
    """Every operation of the document by its endpoint."""
    adapter, some = world.app.url_map.bind("localhost"), {"file_format": "csv", "table": "questions"}
    found = {}
    for path, methods in document["paths"].items():
        address = re.sub(r"{(\w+)}", lambda part: some.get(part[1], "1"), path)
        for method, said in methods.items():
            if method != "parameters":
                found[adapter.match(address, method=method.upper())[0]] = said
    return found


def trials(world: World, endpoint: str, persona: str) -> dict[str, Trial]:
    """What provokes each refusal."""
    method, address = DOORS[endpoint].methods[0], world.address(endpoint)
    tag = world.request(persona, method, address).headers.get("ETag", "") if method == "GET" else ""
    return {
        "304": Trial(headers={"If-None-Match": tag}),
        "400": Trial(call="%00"),
        "401": Trial(headers={"Authorization": "Bearer x"}),
        "403": Trial(headers={"Authorization": f"Bearer {key_of_another_call(world)}"}),
        "404": Trial(call="no-such-call"),
        "412": Trial(headers={"If-Match": '"x"'}),
        "413": Trial(body={"data": b"x" * 200_001, "content_type": "application/json"}),
        "415": Trial(body={"data": b"x", "content_type": "text/plain"}),
        "422": Trial(query="?no_such_name=1", body={"json": {"no_such_name": 1}}),
        "428": Trial(headers={}),
        "429": Trial(is_limited=True),
        "500": Trial(raises=ZeroDivisionError()),
        "503": Trial(raises=OperationalError("x", {}, Exception("gone"))),
    }


def key_of_another_call(world: World) -> str:
    limits = dict(name="bound", scopes=tuple(SCOPES), call_id=world.other_call.id, days=7)
    _id, key = access.open_token(db.session(), person_id=world.people["organizer"], **limits, now=utcnow())
    db.session.commit()
    return key


def answered(world: World, endpoint: str, persona: str, trial: Trial):
    method, address = DOORS[endpoint].methods[0], world.address(endpoint) + trial.query
    if trial.call:
        address = address.replace(world.call.slug, trial.call)
    body = (trial.body or {"json": {}}) if method != "GET" else {}
    with pytest.MonkeyPatch.context() as patch, world.undone():
        if trial.is_limited:
            patch.setattr("limits.strategies.FixedWindowRateLimiter.hit", lambda *_, **__: False)
        if trial.raises:
            patch.setitem(world.app.view_functions, endpoint, raising(trial.raises))
        return world.request(persona, method, address, headers=trial.headers, **body)


def raising(error: Exception):
    def broken(**view_args):
        raise error

    return broken


@pytest.mark.parametrize("endpoint", DOORS)
def test_every_refusal_that_is_documented_can_happen(world, document, endpoint):
    responses = operations(world, document)[endpoint]["responses"]
    persona = next(each for each in DOORS[endpoint].personas("open") if each != "visitor")
    named = sorted(set(responses) - OF_A_STATE)
    tried = trials(world, endpoint, persona)
    answers = {status: answered(world, endpoint, persona, tried[status]) for status in named}
    assert {status: answer.status_code for status, answer in answers.items()} == {each: int(each) for each in named}
    problems = {answer.mimetype for status, answer in answers.items() if status != "304"}
    assert problems == {"application/problem+json"}
    assert all(
        answer.json.keys() >= {"title", "status", "detail", "remedy"} for answer in answers.values() if answer.data
    )


def test_document_names_every_operation_with_scopes_that_there_are(world, document):
    assert set(operations(world, document)) == set(DOORS)
    assert set(SCOPES) == set(SCOPE_WORDS)
    for endpoint, said in operations(world, document).items():
        named = [scope for each in said["security"] for scope in each.get("token", [])]
        assert set(named) <= set(SCOPES)
        assert bool(named) == (DOORS[endpoint].permission != "public"), endpoint
        assert {"summary", "tags", "x-who"} <= set(said)


def test_page_shows_every_operation(world, document):
    page = world.request("visitor", "GET", "/en/api").text
    for path, methods in document["paths"].items():
        for said in (said for method, said in methods.items() if method != "parameters"):
            assert path in page and said["summary"] in page


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_parameters_answer_what_is_hostile_with_a_status_of_their_own(world, document, value):
    for endpoint, said in operations(world, document).items():
        names = [each["name"] for each in said.get("parameters", ()) if each["in"] == "query"]
        for name in names:
            answer = world.request("organizer", "GET", world.address(endpoint), query_string={name: value[:2_000]})
            assert answer.status_code < 500, (endpoint, name)
