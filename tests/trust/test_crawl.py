"""A crawl as everybody, through every state: hidden fields come to nobody who must not know them (TRUST, T2a)."""

import random
from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from trust.canaries import fields_in
from trust.crawl import Request, ask, endpoints_shown, get, own_addresses, pages, refusals, thing_addresses, walk
from trust.facts import SEALED
from trust.who_sees import EXPECTED, found_by_search, hidden_from, leaks, missed, places_of
from trust.worlds import CANARIES, PERSONAS, PHASES, RULES, dump, rules

# Those who may see much are walked further than those who may see what stands on these pages, or nothing.
OWN_PAGES = ("submissions.mine", "submissions.page", "invitations.mine", "invitations.my_programme")
KNOWING = ("owner", "organizer", "conflicted_organizer", "chair", "other_organizer")
# In a sample two of them are, who may see most and who may not see what concerns them; of the others it is too short
# to meet all that they must see.
SAMPLED = ("organizer", "conflicted_organizer")
N_PAGES, N_PAGES_OF_OTHERS_KNOWING, N_PAGES_KNOWING, N_LINKS_FULL = 20, 100, 700, 150
# Everybody opens every page in every phase. In this one, in which most is to be seen, they follow links, too, and
# try every thing at the doors that open; elsewhere, and at the others, the newest of each kind, which are those with
# canaries. Those who may see much follow links in every phase: a list shows some of its rows by a filter only.
# Whatever is refused is refused to everybody once, a fifth of it in each phase.
THOROUGH, N_NEWEST = "closed", 8
SEED = 5


def crawl(planted, persona: str, phase: str, asked: list) -> Iterator[tuple[Request, TestResponse]]:
    """All that a person asks in a phase, one answer at a time; what was asked, and its status, is noted."""
    own = own_addresses(planted, persona)
    n_linked = len(own) + (N_LINKS_FULL if phase == THOROUGH else 0)
    most = max(n_linked, N_PAGES_KNOWING if persona in KNOWING else 0)
    for request, answer in walk(planted, persona, own, most=most):
        asked.append((request, answer.status_code))
        yield request, answer
    known = {request.address for request, _status in asked}
    shown = endpoints_shown(planted, asked)
    more = thing_addresses(planted, shown, newest=None if phase == THOROUGH else N_NEWEST)
    more += thing_addresses(planted, pages(), newest=N_NEWEST) if phase == THOROUGH else []
    further = [get(address) for address in dict.fromkeys(more) if address not in known]
    refused = refusals(planted)
    refused = random.Random(SEED).sample(refused, len(refused))[list(PHASES).index(phase) :: len(PHASES)]
    for request in further + refused:
        answer = ask(planted, persona, request)
        asked.append((request, answer.status_code))
        yield request, answer


def test_table_says_everything_once(planted):
    assert len(rules()) == len(EXPECTED) == len(CANARIES) * len(PERSONAS) * len(PHASES)
    assert set(EXPECTED.values()) == set(RULES)
    assert set(PERSONAS) == set(planted.world.people) | {"visitor"}


def test_every_canary_is_in_the_world(planted):
    """What was never planted is never found; what was erased or is sealed stands nowhere."""
    there = fields_in(dump(planted).encode(), [], CANARIES.values())
    assert set(CANARIES) - there == {"erased_name", "erased_address", *SEALED}


@pytest.mark.parametrize("persona", PERSONAS)
def test_hidden_fields_come_to_nobody_in_a_sample(planted, record_property, persona):
    with planted.phase("open"):
        start, most = own_addresses(planted, persona), N_PAGES_KNOWING
        if persona not in SAMPLED:
            own = [planted.world.address(endpoint) for endpoint in OWN_PAGES]
            n_pages = N_PAGES_OF_OTHERS_KNOWING if persona in KNOWING else N_PAGES
            start, most = own + random.Random(f"{SEED} {persona}").sample(start, n_pages), n_pages + len(own)
        places = places_of(planted, persona, walk(planted, persona, start, most=most))
    record_property("trust", f"{persona}, open: {most} requests, canaries of {len(places)} fields")
    assert leaks(persona, "open", places) == {}
    if persona in SAMPLED or persona not in KNOWING:
        assert missed(persona, "open", places) == []


@pytest.mark.full
@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("persona", PERSONAS)
def test_hidden_fields_come_to_nobody(planted, record_property, persona, phase):
    asked = []
    with planted.phase(phase):
        places = places_of(planted, persona, crawl(planted, persona, phase, asked))
    n_met = sum(map(len, places.values()))
    record_property("trust", f"{persona}, {phase}: {len(asked)} requests, {n_met} canaries of {len(places)} fields")
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
