"""Whatever is sent to the organizers' doors: never an error of ours, and never half of it."""

from urllib.parse import urlencode

import pytest

from architecture.world import reviewed_doors

FEATURES = ("questions", "topics", "jobs", "embeddings", "mail", "panels")
DOORS = [door for door in reviewed_doors() if door.endpoint.split(".")[0] in FEATURES]
FORM = "application/x-www-form-urlencoded"
FIELDS = (
    "version", "title", "goal_overview", "significance", "approach", "target_body", "measurement", "language", "reason",
    "note", "theme", "name", "detail", "discards", "to", "quick", "selected", "act", "whole", "expected", "q", "digest",
    "keep", "verdict", "text", "reference", "anyway", "of", "start", "state", "sort", "page", "next", "at", "least",
    "move", "kind", "method", "across", "suspicion", "mark", "pinned", "from", "question", "undo", "outcome", "view",
)  # fmt: skip
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


def doors_for(name: str, method: str, *, is_full: bool) -> list:
    """The doors that a value is sent to: all in the full run; in others each door is sent two values, in turn."""
    doors = [door for door in DOORS if method in door.methods]
    place = list(VALUES).index(name)
    return [door for n, door in enumerate(doors) if is_full or (n - place) % len(VALUES) in (0, 1)]


def sent(value: str | bytes) -> dict[str, object]:
    return dict.fromkeys(FIELDS, value) | {"selected": [value, value], "of": [value, value]}


@pytest.mark.parametrize("name", VALUES)
def test_forms_answer_what_is_hostile_with_a_status_of_their_own(world, name, is_full):
    for door in doors_for(name, "POST", is_full=is_full):
        data = urlencode(sent(VALUES[name]) | {"csrf_token": world.csrf_token()}, doseq=True)
        with world.undone():
            answer = world.request("organizer", "POST", world.address(door.endpoint), data=data, content_type=FORM)
        assert answer.status_code < 500, door.endpoint


@pytest.mark.parametrize("name", VALUES)
def test_pages_answer_what_is_hostile_with_a_status_of_their_own(world, name, is_full):
    for door in doors_for(name, "GET", is_full=is_full):
        with world.undone():
            address = world.address(door.endpoint)
            query = ("&" if "?" in address else "?") + urlencode(sent(VALUES[name][:2_000]), doseq=True)
            answer = world.request("organizer", "GET", address + query)
        assert answer.status_code < 500, door.endpoint
