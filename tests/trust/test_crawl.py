"""A crawl as everybody, through every state: hidden fields come to nobody who must not know them (TRUST, T2a)."""

import random

import pytest
from trust.canaries import fields_in
from trust.crawl import all_addresses, ask, own_addresses, refusals, walk
from trust.who_sees import EXPECTED, found_by_search, hidden_from, leaks, missed, places_of
from trust.worlds import CANARIES, PERSONAS, PHASES, RULES, planted_world, rules

# Those who may see something are walked further than those who may see nothing.
KNOWING = ("owner", "organizer", "conflicted_organizer", "chair", "other_organizer")
N_PAGES, N_PAGES_KNOWING, N_PAGES_FULL = 20, 300, 700
SEED = 5


@pytest.fixture(scope="module")
def planted(app):
    with planted_world(app) as planted:
        yield planted


def test_table_says_everything_once(planted):
    assert len(rules()) == len(EXPECTED) == len(CANARIES) * len(PERSONAS) * len(PHASES)
    assert set(EXPECTED.values()) == set(RULES)
    assert set(PERSONAS) == set(planted.world.people) | {"visitor"}


def test_every_canary_is_in_the_world(planted):
    """What was never planted is never found; what was erased is found nowhere."""
    tables = planted.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").scalars().all()
    rows = [planted.execute(f"SELECT row_to_json(t)::text FROM {table} t").scalars() for table in tables]
    everything = "\n".join(text for texts in rows for text in texts)
    there = fields_in(everything.encode(), [], CANARIES.values())
    assert set(CANARIES) - there == {"erased_name", "erased_address"}


@pytest.mark.parametrize("persona", PERSONAS)
def test_hidden_fields_come_to_nobody_in_a_sample(planted, record_property, persona):
    with planted.phase("open"):
        start, most = own_addresses(planted, persona), N_PAGES_KNOWING
        if persona not in KNOWING:
            start, most = random.Random(f"{SEED} {persona}").sample(start, N_PAGES), N_PAGES
        answers = list(walk(planted, persona, start, most=most))
        places = places_of(planted, persona, answers)
    record_property("trust", f"{persona}, open: {len(answers)} requests, canaries of {len(places)} fields")
    assert leaks(persona, "open", places) == {}
    assert persona not in KNOWING or missed(persona, "open", places) == []


@pytest.mark.full
@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("persona", PERSONAS)
def test_hidden_fields_come_to_nobody(planted, record_property, persona, phase):
    with planted.phase(phase):
        start = all_addresses(planted, persona)
        answers = list(walk(planted, persona, start, most=max(N_PAGES_FULL, len(start))))
        answers += [(request, ask(planted, persona, request)) for request in refusals(planted)]
        places = places_of(planted, persona, answers)
    n_met = sum(map(len, places.values()))
    record_property("trust", f"{persona}, {phase}: {len(answers)} requests, {n_met} canaries of {len(places)} fields")
    assert leaks(persona, phase, places) == {}
    assert missed(persona, phase, places) == []


@pytest.mark.parametrize("persona", ["visitor", "panelist", "organizer"])
def test_searching_for_hidden_words_finds_nothing_in_a_sample(planted, persona):
    canaries = random.Random(SEED).sample(hidden_from(persona, "open"), 3)
    with planted.phase("open"):
        addresses = [planted.world.address(endpoint) for endpoint in ("questions.index", "questions.screening")]
        assert found_by_search(planted, persona, addresses, canaries) == {}


@pytest.mark.full
@pytest.mark.parametrize("persona", PERSONAS)
def test_searching_for_hidden_words_finds_nothing(planted, persona):
    with planted.phase("open"):
        addresses = own_addresses(planted, persona)
        assert found_by_search(planted, persona, addresses, hidden_from(persona, "open")) == {}
