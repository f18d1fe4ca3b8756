"""A crawl as everybody, through every state: hidden fields come to nobody who must not know them (TRUST, T2a)."""

import collections

import pytest
from trust.canaries import fields_in
from trust.crawl import Request, all_addresses, ask, letters_to, own_addresses, refusals, walk
from trust.worlds import CANARIES, PERSONAS, PHASES, RULES, planted_world, rules

EXPECTED = {(rule.persona, rule.phase, rule.field): rule.word for rule in rules()}
MOST_PAGES = 1_500


@pytest.fixture(scope="module")
def planted(app):
    with planted_world(app) as planted:
        yield planted


def seen_by(planted, persona: str, answers) -> dict[str, list[str]]:
    """Where each canary was met."""
    places = collections.defaultdict(list)
    for request, answer in answers:
        for field in fields_in(answer.data, answer.headers, CANARIES.values()):
            places[field].append(str(request))
    for kind, letter in letters_to(planted, persona):
        for field in fields_in(letter, [], CANARIES.values()):
            places[field].append(f"letter {kind}")
    return places


def forbidden(persona: str, phase: str, places) -> dict[str, list[str]]:
    return {field: where[:5] for field, where in places.items() if EXPECTED[persona, phase, field] == "never"}


def missed(persona: str, phase: str, places) -> list[str]:
    return [f for f in CANARIES if EXPECTED[persona, phase, f] == "must" and f not in places]


def test_table_says_everything_once(planted):
    assert len(rules()) == len(EXPECTED) == len(CANARIES) * len(PERSONAS) * len(PHASES)
    assert set(EXPECTED.values()) == set(RULES)
    assert set(PERSONAS) == set(planted.world.people) | {"visitor"}


def test_every_canary_is_in_the_world(planted):
    """What was never planted is never found."""
    rows = [planted.execute(f"SELECT row_to_json(t)::text FROM {table} t").scalars() for table in tables(planted)]  # noqa: S608
    everything = "\n".join(text for texts in rows for text in texts)
    planted_fields = fields_in(everything.encode(), [], CANARIES.values())
    assert set(CANARIES) - planted_fields == {"erased_name", "erased_address"}


def tables(planted) -> list[str]:
    return planted.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").scalars().all()


@pytest.mark.parametrize("persona", PERSONAS)
def test_hidden_fields_come_to_nobody_on_any_page(planted, persona):
    with planted.phase("open"):
        start = own_addresses(planted)
        answers = list(walk(planted, persona, start, most=len(start)))
        places = seen_by(planted, persona, answers)
    print(f"\n{persona}: {len(answers)} pages, {sum(map(len, places.values()))} canaries met", dict(places))
    assert forbidden(persona, "open", places) == {}
    assert missed(persona, "open", places) == []
    assert {answer.status_code for _request, answer in answers} <= {200, 303, 400, 403, 404, 410, 422, 429}
