"""Two worlds that differ in one hidden fact answer alike whoever must not know it: byte for byte (TRUST, T2b)."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from trust.facts import FACTS
from trust.twins import SEED, answers, requests_of, searches, told_apart
from trust.worlds import PERSONAS, planted_world

N_PERSONAS, N_REQUESTS, N_REQUESTS_FULL = 3, 15, 450


@pytest.fixture(scope="module")
def planted(app):
    with planted_world(app) as planted:
        yield planted


@pytest.fixture(scope="module")
def first_world(planted):
    """What a person asks of the first world in a phase, and how it answers: once for all facts."""
    known = {}

    def asked(persona: str, phase: str, most: int) -> tuple:
        if (persona, phase) not in known:
            if most > N_REQUESTS:
                known.clear()  # so many answers are kept of one person at a time
            requests = requests_of(planted, persona, most=most)
            known[persona, phase] = requests, answers(planted, persona, requests)
        return known[persona, phase]

    return asked


@contextmanager
def twin(planted, fact) -> Iterator[None]:
    """The world in which the fact is another one, in the fact's phase; votes change while they may."""
    with planted.undone():
        fact.change(planted)
        with planted.phase(fact.phase):
            yield


def compare(planted, first_world, fact, persona: str, most: int) -> tuple[int, dict]:
    """How many requests were compared, and those that tell the twin from the first world."""
    with planted.phase(fact.phase):
        requests, before = first_world(persona, fact.phase, most)
        sought = searches(planted, persona, fact.words)
        before = before + answers(planted, persona, sought)
    with twin(planted, fact):
        after = answers(planted, persona, requests + sought)
    return len(before), told_apart(requests + sought, before, after)


@pytest.mark.parametrize("name", FACTS)
def test_hidden_fact_changes_no_byte_in_a_sample(planted, first_world, name):
    fact = FACTS[name]
    personas = random.Random(f"{SEED} {name}").sample(fact.blinded, N_PERSONAS)
    found = {persona: compare(planted, first_world, fact, persona, N_REQUESTS) for persona in personas}
    assert {persona: differs for persona, (_n, differs) in found.items() if differs} == {}


@pytest.mark.full
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("persona", PERSONAS)
def test_hidden_fact_changes_no_byte(planted, first_world, record_property, persona):
    facts = [fact for fact in FACTS.values() if persona in fact.blinded]
    found = {fact.name: compare(planted, first_world, fact, persona, N_REQUESTS_FULL) for fact in facts}
    n_requests = sum(n for n, _differs in found.values())
    record_property("trust", f"{persona}: {len(facts)} facts, {n_requests} requests in both worlds")
    assert {name: differs for name, (_n, differs) in found.items() if differs} == {}


def test_the_same_world_answers_alike_twice(planted, first_world):
    """Whatever differs between two worlds is the fact, and not the time or a throw of dice."""
    with planted.phase("open"):
        for persona in ("visitor", "panelist", "organizer"):
            requests, before = first_world(persona, "open", N_REQUESTS)
            assert told_apart(requests, before, answers(planted, persona, requests)) == {}
