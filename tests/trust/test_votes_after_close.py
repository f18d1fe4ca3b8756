"""After the close nothing that anybody can send changes a vote (TRUST, T4)."""

import hashlib
import random
from collections.abc import Iterator

import pytest
from trust.crawl import Request, all_addresses, forms_of, own_addresses
from trust.worlds import PERSONAS, Planted, planted_world

# What was voted: numbers and choices. The words beside them, and what opens the seals, go when somebody is erased.
VOTES = {
    "score": "assignment_id, criterion_id, value",
    "review": "assignment_id, confidence, text_digest, version",
    "comparison": "id, person_id, left_id, right_id, state, preference",
    "ballot": "id, person_id, theme_id, state, version",
    "ballot_place": "ballot_id, question_id, place",
}
# Whose pages carry the forms of rounds, votes, conflicts, rankings and accounts.
AUTHORS_OF_FORMS = ("panelist", "chair", "organizer", "owner")
ABOUT_VOTES = ("/review", "/panels", "/rank", "/rounds", "/discuss", "/compare", "/ballot")
N_FORMS = 12
SEED = 5


@pytest.fixture(scope="module")
def planted(app):
    with planted_world(app) as planted:
        yield planted


def votes(planted: Planted) -> str:
    """One digest of every vote."""
    rows = [
        planted.execute(f"SELECT {columns} FROM {table} ORDER BY {columns}").all() for table, columns in VOTES.items()
    ]
    return hashlib.sha256(repr(rows).encode()).hexdigest()


@pytest.fixture(scope="module")
def forms(planted) -> dict[str, list[Request]]:
    return filled_in(planted, own_addresses)


def filled_in(planted: Planted, addresses_of) -> dict[str, list[Request]]:
    """Every form of the open round, filled in rightly in two ways, by whose page it stands on."""
    with planted.phase("open"):
        return {
            persona: [
                Request("POST", form.action, form.values(variant))
                for form in forms_of(planted, persona, addresses_of(planted, persona))
                for variant in (0, 1)
            ]
            for persona in AUTHORS_OF_FORMS
        }


def changing(planted: Planted, phase: str, requests: list[Request], personas) -> Iterator[str]:
    """The requests that change a vote in this phase, and who sent them."""
    with planted.phase(phase):
        before = votes(planted)
        for persona in personas:
            for request in requests:
                with planted.undone():
                    planted.request(persona, "POST", request.address, data=request.data)
                    if votes(planted) != before:
                        yield f"{persona}: {request}"


def test_forms_of_an_open_round_change_votes(planted, forms):
    """Filled in and sent while the round is open, the forms do what they are for."""
    own = [form for form in forms["panelist"] if "/review/" in form.address]
    assert list(changing(planted, "open", own, ["panelist"])) != []


@pytest.mark.parametrize("phase", ["closed", "published"])
def test_no_form_changes_a_vote_after_the_close_in_a_sample(planted, forms, phase):
    drawn = random.Random(f"{SEED} {phase}")
    offered = [form for persona in AUTHORS_OF_FORMS for form in forms[persona]]
    about = [form for form in offered if any(each in form.address for each in ABOUT_VOTES)]
    requests = drawn.sample(about, min(N_FORMS, len(about)))
    assert list(changing(planted, phase, requests, ["panelist", "chair", "organizer", "former_panelist"])) == []


@pytest.mark.full
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("phase", ["closed", "frozen", "published"])
def test_no_form_changes_a_vote_after_the_close(planted, record_property, phase):
    by_persona = filled_in(planted, all_addresses)
    requests = list({repr(form): form for forms in by_persona.values() for form in forms}.values())
    found = list(changing(planted, phase, requests, PERSONAS))
    counts = f"{len(requests)} forms sent by {len(PERSONAS)} people, {len(found)} changed a vote"
    record_property("trust", f"{phase}: {counts}")
    assert found == []
