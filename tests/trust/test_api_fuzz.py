"""The API under requests that a machine makes up from its own document, as everybody (TRUST, T16)."""

import json

import pytest
import schemathesis
from architecture.world import standing_world
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import checks as known
from schemathesis.generation.modes import GenerationMode

from solicit.api import root
from solicit.web.api.document import openapi

# The client of the library leaves files open that were sent.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

PERSONAS = ("visitor", "owner", "panelist", "organizer", "administrator")
# Of each operation by each person: five hundred in the full run.
N_FAST, N_FULL = 3, 500
known.load_all_checks()
# What a document cannot say, such as which themes a call has, is refused with 422: whether right values are taken is
# for the tests of each operation.
CHECKS = [
    known.CHECKS.get_by_names([name])[0]
    for name in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "negative_data_rejection",
    )
]


@pytest.fixture(scope="module")
def world(app):
    with standing_world(app) as world:
        yield world


@pytest.fixture(scope="module")
def operations(world):
    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(openapi(world.app, root))))
    schema.app = world.app
    return [found.ok() for found in schema.get_all_operations()]


def requests_of(world, operation) -> st.SearchStrategy:
    """Requests to an operation, right and wrong ones, about things that are there and things that are not."""
    named = {each.name: world.things[each.name] for each in operation.path_parameters}
    right, wrong = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
    about_things = [operation.as_strategy(mode, path_parameters=named) for mode in (right, wrong)]
    return st.one_of(*about_things, operation.as_strategy(right)).filter(is_sent_whole)


def is_sent_whole(case) -> bool:
    """Whether nothing of a query vanishes on its way, as empty lists do: it may be what is wrong about the request."""
    values = (case.query or {}).values()
    return all(any(each is not None for each in (value if isinstance(value, list) else [value])) for value in values)


def fuzz(world, operation, persona: str, n: int) -> None:
    headers = {"Authorization": f"Bearer {world.keys[persona]}"} if persona in world.keys else {}

    @given(case=requests_of(world, operation))
    @settings(
        max_examples=n, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def ask(case) -> None:
        made_up = case.headers.get("Authorization", "Bearer")
        proof = headers if made_up.startswith("Bearer") else {"Authorization": made_up}
        case.headers.pop("Authorization", None)
        with world.undone(), world.afresh():
            answer = case.call(headers=proof)
        case.validate_response(answer, checks=CHECKS)

    ask()


@pytest.mark.parametrize("persona", PERSONAS)
def test_no_request_breaks_what_the_document_says_in_a_sample(world, operations, persona):
    for operation in operations:
        fuzz(world, operation, persona, N_FAST)


@pytest.mark.full
@pytest.mark.parametrize("persona", PERSONAS)
def test_no_request_breaks_what_the_document_says(world, operations, persona, record_property):
    for operation in operations:
        fuzz(world, operation, persona, N_FULL)
    record_property("trust", f"API as {persona}: {len(operations)} operations, {N_FULL} requests each")
