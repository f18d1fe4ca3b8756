"""Two worlds that differ in one hidden fact answer alike whoever must not know it: byte for byte (TRUST, T2b)."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from trust.facts_hidden import FACTS
from trust.twins import SEED, answers, first_answers, searches, told_apart
from trust.worlds import PERSONAS

N_PERSONAS, N_REQUESTS, N_REQUESTS_FULL = 1, 15, 400
# Whoever may be in conflict with a question is not asked to compare or to order it meanwhile: that is all they see.
NOT_ASKED = {("unassigned", "suspected_conflict"): ("/review/pairs", "/review/rank")}


@pytest.fixture(scope="module")
def first_world(planted):
    """What a person asks of the first world in a phase, and how it answers: once for all facts."""
    known = {}

    def asked(persona: str, phase: str, most: int) -> tuple:
        if (persona, phase, most) not in known:
            if most > N_REQUESTS:
                known.clear()  # so many answers are kept of one person in one phase at a time
            known[persona, phase, most] = first_answers(planted, persona, most=most)
        return known[persona, phase, most]

    return asked


@contextmanager
def twin(planted, facts) -> Iterator[None]:
    """The world in which the facts are other ones, in their phase; votes change while they may."""
    with planted.undone():
        for fact in facts:
            fact.change(planted)
        with planted.phase(facts[0].phase):
            yield


def compare(planted, first_world, facts, persona: str, most: int, among=None) -> tuple[int, dict]:
    """How many requests were compared, of all or ``among`` some, and those that tell the twin from the first world."""
    with planted.phase(facts[0].phase):
        requests, before = first_world(persona, facts[0].phase, most)
        sought = searches(planted, persona, tuple(dict.fromkeys(word for fact in facts for word in fact.words)))
        known = zip(requests + sought, before + answers(planted, persona, sought), strict=True)
        asked = [(request, answer) for request, answer in known if among is None or str(request) in among]
    requests, before = [request for request, _ in asked], [answer for _, answer in asked]
    with twin(planted, facts):
        return len(asked), told_apart(requests, before, answers(planted, persona, requests))


def told_by_one(planted, first_world, facts, persona: str, requests) -> dict[str, dict]:
    """Which of the facts is told by itself, and by which of these requests."""
    most = N_REQUESTS_FULL
    alone = {fact.name: compare(planted, first_world, [fact], persona, most, requests)[1] for fact in facts}
    return {name: differs for name, differs in alone.items() if differs}


def test_every_fact_changes_the_world_that_others_left(planted):
    """Each of them alone, and after all that are declared before it."""
    unchanged = []
    with planted.undone():
        for fact in FACTS.values():
            before = planted.world.digest()
            fact.change(planted)
            unchanged += [fact.name] if planted.world.digest() == before else []
    assert unchanged == []


@pytest.mark.parametrize("name", FACTS)
def test_hidden_fact_changes_no_byte_in_a_sample(planted, first_world, name):
    fact = FACTS[name]
    personas = random.Random(f"{SEED} {name}").sample(fact.blinded, N_PERSONAS)
    found = {persona: compare(planted, first_world, [fact], persona, N_REQUESTS) for persona in personas}
    assert {persona: differs for persona, (_n, differs) in found.items() if differs} == {}


def unreviewed(persona: str, fact: str, differs: dict) -> dict:
    """What a fact changes for a person, without the pages where it has to."""

    def is_reviewed(page: str) -> bool:
        return any(part in page for part in NOT_ASKED.get((persona, fact), ()))

    return {page: parts for page, parts in differs.items() if not is_reviewed(page)}


@pytest.mark.full
@pytest.mark.parametrize("persona", PERSONAS)
def test_hidden_fact_changes_no_byte(planted, first_world, record_property, persona):
    """All that is hidden from them is another in the twin; where that shows, each fact by itself tells what it was."""
    found, n_requests = {}, 0
    hidden = [fact for fact in FACTS.values() if persona in fact.blinded]
    for phase in dict.fromkeys(fact.phase for fact in hidden):
        facts = [fact for fact in hidden if fact.phase == phase]
        n, together = compare(planted, first_world, facts, persona, N_REQUESTS_FULL)
        n_requests += n
        if together:
            found |= told_by_one(planted, first_world, facts, persona, together) or {phase: together}
    record_property("trust", f"{persona}: {len(hidden)} facts, {n_requests} requests in both worlds")
    assert {fact: pages for fact, differs in found.items() if (pages := unreviewed(persona, fact, differs))} == {}


def test_the_same_world_answers_alike_twice(planted, first_world):
    """Whatever differs between two worlds is the fact, and not the time or a throw of dice."""
    with planted.phase("open"):
        for persona in ("visitor", "panelist", "organizer"):
            requests, before = first_world(persona, "open", N_REQUESTS)
            assert told_apart(requests, before, answers(planted, persona, requests)) == {}
