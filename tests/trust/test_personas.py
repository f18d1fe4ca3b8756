"""People whom the table of doors lacks are answered like one whom it knows, but for what is named (TRUST, T1)."""

import csv
import random
from pathlib import Path

import pytest
from architecture.test_matrix import word_for
from architecture.world import reviewed_doors

from trust.crawl import Request, ask
from trust.people import MORE

DOORS = {door.endpoint: door for door in reviewed_doors()}
FURTHER = Path(__file__).with_name("further_personas.csv")
# Doors that know a person by more than by their part: their own sign-in, and requests to one of them.
OF_ONE_PERSON = {"people.end_sign_in"}
N_OTHERS = 25


def reviewed() -> dict[str, tuple[str, dict[str, str]]]:
    """Whom each further person is answered like, and for which permissions, or at which endpoints, otherwise."""
    found: dict[str, tuple[str, dict[str, str]]] = {}
    with FURTHER.open(newline="") as file:
        for row in csv.DictReader(file):
            _like, otherwise = found.setdefault(row["persona"], (row["like"], {}))
            otherwise |= {row["door"]: row["word"]} if row["door"] else {}
    return found


def expected(persona: str, endpoint: str) -> str:
    like, otherwise = reviewed()[persona]
    door = DOORS[endpoint]
    return otherwise.get(endpoint, otherwise.get(door.permission, door.expected[like]))


def otherwise_answered(planted, persona: str, endpoints) -> dict[tuple[str, str], str]:
    asked = [(endpoint, method) for endpoint in endpoints for method in DOORS[endpoint].methods_and_head]
    words = {
        (endpoint, method): word_for(ask(planted, persona, Request(method, planted.world.address(endpoint))))
        for endpoint, method in asked
    }
    return {key: word for key, word in words.items() if word != expected(persona, key[0])}


@pytest.mark.parametrize("persona", MORE)
def test_further_person_is_answered_as_reviewed_in_a_sample(planted, persona):
    words = set(reviewed()[persona][1])
    named = [endpoint for endpoint, door in DOORS.items() if words & {endpoint, door.permission}]
    others = sorted(DOORS.keys() - OF_ONE_PERSON - set(named))
    assert otherwise_answered(planted, persona, named + random.Random(persona).sample(others, N_OTHERS)) == {}


@pytest.mark.full
@pytest.mark.parametrize("persona", MORE)
def test_further_person_is_answered_as_reviewed(planted, persona):
    assert otherwise_answered(planted, persona, sorted(DOORS.keys() - OF_ONE_PERSON)) == {}


def test_every_further_person_is_reviewed():
    assert set(reviewed()) == set(MORE)


def test_access_of_a_panelist_ends_with_the_seat(planted):
    """What they were asked to read was theirs to read before."""
    addresses = [planted.world.address(endpoint) for endpoint in ("panels.queue", "panels.review", "panels.statement")]
    shown = [
        [ask(planted, who, Request("GET", a)).status_code for a in addresses] for who in ("panelist", "former_panelist")
    ]
    assert shown == [[200, 200, 200], [403, 404, 403]]
