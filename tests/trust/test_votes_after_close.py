"""After the close nothing that anybody can send changes a vote (TRUST, T4)."""

import hashlib
import random
from collections.abc import Iterator

import pytest

from trust.crawl import Request, forms_of, own_addresses, pages, thing_addresses
from trust.worlds import PERSONAS, Planted

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
ABOUT_VOTES = ("/pairs", "/ballot", "/review", "/panels", "/rank", "/rounds", "/discuss")
N_FORMS = 3
SEED = 5


def votes(planted: Planted) -> dict[str, str]:
    """One digest of the votes in each table."""
    return {table: _digest(planted, table, columns) for table, columns in VOTES.items()}


def _digest(planted: Planted, table: str, columns: str) -> str:
    rows = planted.execute(f"SELECT {columns} FROM {table} ORDER BY {columns}").all()
    return hashlib.sha256(repr(rows).encode()).hexdigest()


@pytest.fixture(scope="module")
def forms(planted) -> dict[str, list[Request]]:
    return filled_in(planted, pages_about_votes)


def pages_about_votes(planted: Planted, persona: str) -> list[str]:
    return [address for address in own_addresses(planted, persona) if any(each in address for each in ABOUT_VOTES)]


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


def every_address(planted: Planted, persona: str) -> list[str]:
    return own_addresses(planted, persona) + thing_addresses(planted, pages())


def changes(planted: Planted, phase: str, requests: list[Request], personas) -> Iterator[tuple[str, set[str]]]:
    """The requests that change votes in this phase, with who sent them, and in which tables."""
    with planted.phase(phase):
        before = votes(planted)
        for persona in personas:
            for request in requests:
                with planted.undone():
                    planted.request(persona, "POST", request.address, data=request.data)
                    after = votes(planted)
                if after != before:
                    yield f"{persona}: {request}", {table for table in VOTES if after[table] != before[table]}


def test_forms_of_an_open_round_change_every_kind_of_vote(planted, forms):
    """Filled in and sent while the round is open, the forms do what they are for."""
    own = [form for form in forms["panelist"] if "/review/" in form.address]
    assert set().union(*(tables for _, tables in changes(planted, "open", own, ["panelist"]))) == set(VOTES)


@pytest.mark.parametrize("phase", ["closed", "published"])
def test_no_form_changes_a_vote_after_the_close_in_a_sample(planted, forms, phase):
    drawn = random.Random(f"{SEED} {phase}")
    offered = [form for persona in AUTHORS_OF_FORMS for form in forms[persona]]
    of_kind = [[form for form in offered if each in form.address] for each in ABOUT_VOTES]
    requests = [form for kind in of_kind for form in drawn.sample(kind, min(N_FORMS, len(kind)))]
    assert list(changes(planted, phase, requests, ["panelist", "chair", "organizer", "former_panelist"])) == []


def takes_own_out(sent: str, tables: set[str]) -> bool:
    """Whoever declares a conflict of interest before the freeze takes their own comparisons out, and gives none."""
    return sent.startswith("panelist: POST ") and sent.endswith("/conflict") and tables == {"comparison"}


@pytest.mark.full
@pytest.mark.parametrize("phase", ["closed", "frozen", "published"])
def test_no_form_changes_a_vote_after_the_close(planted, record_property, phase):
    by_persona = filled_in(planted, every_address)
    requests = list({repr(form): form for forms in by_persona.values() for form in forms}.values())
    found = [change for change in changes(planted, phase, requests, PERSONAS) if not takes_own_out(*change)]
    counts = f"{len(requests)} forms sent by {len(PERSONAS)} people, {len(found)} changed a vote"
    record_property("trust", f"{phase}: {counts}")
    assert found == []
