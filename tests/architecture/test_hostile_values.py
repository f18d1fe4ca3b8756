"""Whatever is sent to the organizers' doors: never an error of ours, and never half of it."""

from urllib.parse import urlencode

import pytest
from architecture.world import reviewed_doors, standing_world

FEATURES = ("questions", "topics", "jobs", "embeddings", "mail", "panels")
DOORS = [door for door in reviewed_doors() if door.endpoint.split(".")[0] in FEATURES]
FORM = "application/x-www-form-urlencoded"
FIELDS = (
    "version", "title", "goal_overview", "significance", "approach", "target_body", "measurement", "language", "reason",
    "note", "theme", "name", "detail", "discards", "to", "quick", "selected", "act", "whole", "expected", "q", "digest",
    "keep", "verdict", "text", "reference", "anyway", "of", "start", "state", "sort", "page", "next", "at", "least",
    "move", "kind", "method", "across", "suspicion", "mark", "pinned", "from", "question", "undo", "outcome", "view",
)  # fmt: skip
SELDOM = {"empty", "negative", "fraction", "other digits", "beyond the database", "bidi"}
VALUES = {
    "empty": "",
    "NUL": "a\x00b",
    "surrogate": b"a\xed\xa0\x80b",
    "bidi": "\u202eevil\u2066",
    "markup": "<script>alert(1)</script>{{7*7}}'\"--%_\\",
    "huge number": "9" * 5_000,
    "beyond the database": str(2**63),
    "negative": "-1",
    "fraction": "nan",
    "other digits": "١٢",
    "long": "x" * 20_001,
}


@pytest.fixture(scope="module")
def world(app):
    with standing_world(app) as world:
        yield world


def each_value(longest: int):
    """The values, of which the full run takes all."""
    return [
        pytest.param(value[:longest], id=name, marks=[pytest.mark.full] if name in SELDOM else [])
        for name, value in VALUES.items()
    ]


def sent(value: str | bytes) -> dict[str, object]:
    return dict.fromkeys(FIELDS, value) | {"selected": [value, value], "of": [value, value]}


@pytest.mark.parametrize("value", each_value(20_001))
def test_forms_answer_what_is_hostile_with_a_status_of_their_own(world, value):
    for door in DOORS:
        if "POST" not in door.methods:
            continue
        data = urlencode(sent(value) | {"csrf_token": world.csrf_token()}, doseq=True)
        with world.undone():
            answer = world.request("organizer", "POST", world.address(door.endpoint), data=data, content_type=FORM)
        assert answer.status_code < 500, door.endpoint


@pytest.mark.parametrize("value", each_value(2_000))
def test_pages_answer_what_is_hostile_with_a_status_of_their_own(world, value):
    for door in DOORS:
        if "GET" not in door.methods:
            continue
        with world.undone():
            address = world.address(door.endpoint)
            joint = "&" if "?" in address else "?"
            answer = world.request("organizer", "GET", address + joint + urlencode(sent(value), doseq=True))
        assert answer.status_code < 500, door.endpoint
