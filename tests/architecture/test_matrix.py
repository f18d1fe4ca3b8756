"""Every door, asked by everybody: the reviewed table holds, and what is not yours answers like what is missing."""

from urllib.parse import unquote

import pytest
import sqlalchemy as sa
from browser import without_token
from flask import Response

from architecture.world import ENDPOINTS, PERSONAS, each_tenth, is_tenth, reviewed_doors
from solicit.access.policy import DENIALS, KNOWN_DOORS, POLICY, ROLE_WORDS, Permission

DOORS = {door.endpoint: door for door in reviewed_doors()}
MISSING = {
    "call": "no-such-call",
    "label": "Q-999999999",
    "reference": "S-ZZZZ-ZZZZ",
    "draft": "S-ZZZZ-ZZZZ",
    "token": "a-forged-token",
    "filename": "css/no-such-file.css",
}
MISSING_ID = 9_000_000_000_000
BAD_NUMBERS = ("0", "-1", str(2**63), str(2**64), "9" * 5_000, "١٢", "1e3", "0x1", "1.0", "%00")
WORST_NUMBERS = ("0", str(2**63), "9" * 5_000, "١٢")
PASSING = ("Content-Length", "Set-Cookie", "Retry-After", "X-RateLimit-Remaining", "X-RateLimit-Reset")
# Organizers read every round, and so know which there are; only who runs one may agree.
KNOWN_ANYWAY = {("panels.agree_to_merging", who) for who in ("organizer", "conflicted_organizer")}
THINGS = {"label", "reference", "draft", "token", "run", "selection"}


def word_for(answer) -> str:
    """What an answer says of the door, in the words of doors.csv."""
    if answer.status_code == 303 and answer.headers["Location"].startswith("/en/sign-in?next="):
        return "sign-in"
    return {401: "sign-in", 403: "forbidden", 404: "missing"}.get(answer.status_code, "open")


def asked_of(door, *, is_full: bool) -> list[tuple[str, str]]:
    """Every person with every method; HEAD, which is answered by the same view, from one of each answer.

    Outside the full run everybody whom the door is shut to, and, of those it opens to, the first and, in turn, another.
    """
    opened = door.personas("open")
    let_in = opened if is_full else first_and_another(opened, turn=ENDPOINTS.index(door.endpoint))
    asked = [p for p in PERSONAS if p in let_in or p not in opened]
    has_head = "GET" in door.methods and (is_full or is_tenth(door.endpoint))
    heads = door.asked_by(is_full=is_full) if has_head else []
    return [(p, method) for p in asked for method in door.methods] + [(p, "HEAD") for p in heads]


def first_and_another(people: list[str], *, turn: int) -> list[str]:
    first, others = people[:1], people[1:]
    return first + ([others[turn % len(others)]] if others else [])


def things_of(world, endpoint: str) -> list[str]:
    """The parts of an endpoint's address that name one thing of the call."""
    return sorted(name for name in world.asks_for(endpoint) if name in THINGS or name.endswith("_id"))


def missing(name: str) -> object:
    return MISSING.get(name, MISSING_ID)


def bare(answer, address: str) -> tuple:
    """An answer without what may differ for the same thing: its token, cookie, address, time."""
    text = without_token(answer.text)
    headers = [(name, unquote(value).replace(address, "")) for name, value in answer.headers]
    kept = [header for header in headers if header[0] not in PASSING]
    return answer.status_code, sorted(kept), unquote(text).replace(address, "")


def ask(world, persona: str, method: str, address: str):
    with world.undone():
        return world.request(persona, method, address)


@pytest.mark.parametrize("endpoint", DOORS)
def test_everybody_is_answered_as_reviewed(world, endpoint, is_full):
    door, address = DOORS[endpoint], world.address(endpoint)
    answers = {(p, method): ask(world, p, method, address) for p, method in asked_of(door, is_full=is_full)}
    assert {key: word_for(answer) for key, answer in answers.items()} == {
        (persona, method): door.expected[persona] for persona, method in answers
    }
    assert all(answer.status_code < 500 for answer in answers.values())
    role = KNOWN_DOORS.get(Permission[door.permission]) if door.permission != "public" else None
    for (_, method), answer in answers.items():
        assert method != "HEAD" or answer.text == ""
        subject = "This" if endpoint.startswith("api.") else "This page"
        assert (
            answer.status_code != 403 or method == "HEAD" or f"{subject} is for the {ROLE_WORDS[role]}." in answer.text
        )


@pytest.mark.parametrize("endpoint", each_tenth(DOORS))
def test_the_methods_of_a_door_are_told_to_everybody_alike(world, endpoint):
    address = world.address(endpoint)
    answers = [ask(world, persona, "OPTIONS", address) for persona in ("visitor", "submitter", "organizer")]
    assert {(answer.status_code, answer.text) for answer in answers} == {(200, "")}
    assert len({frozenset(answer.allow) for answer in answers}) == 1


def doors_of_things(world) -> list[tuple[str, str]]:
    return [(endpoint, name) for endpoint in DOORS for name in things_of(world, endpoint)]


@pytest.mark.parametrize("persona", PERSONAS)
def test_what_a_person_may_not_know_answers_like_what_is_missing(world, persona, is_full):
    told_apart = []
    for endpoint, name in doors_of_things(world):
        door = DOORS[endpoint]
        if persona not in door.asked_by(is_full=is_full) or (endpoint, persona) in KNOWN_ANYWAY:
            continue
        for method in door.methods if door.expected[persona] != "open" else ():
            real, none = (bare_of(world, persona, method, endpoint, name, each) for each in (None, missing(name)))
            if real != none:
                told_apart.append((endpoint, method, name, real[0], none[0]))
    assert told_apart == []


@pytest.mark.parametrize("persona", PERSONAS)
def test_what_belongs_to_another_call_answers_like_what_is_missing(world, persona, is_full):
    told_apart = []
    for endpoint, name in doors_of_things(world):
        door = DOORS[endpoint]
        if persona not in door.asked_by(is_full=is_full):
            continue
        for method in door.methods if door.expected[persona] == "open" else ():
            values = (world.foreign[name], missing(name))
            foreign, none = (bare_of(world, persona, method, endpoint, name, each) for each in values)
            # A letter's link is told apart by whoever holds it: it says what is wrong with it.
            if foreign[0] not in refusals(name, persona) or (foreign != none and name != "token"):
                told_apart.append((endpoint, method, name, foreign[0], none[0]))
    assert told_apart == []


def bare_of(world, persona: str, method: str, endpoint: str, name: str, value: object | None) -> tuple:
    address = world.address(endpoint, **({name: value} if value else {}))
    return bare(ask(world, persona, method, address), address)


def refusals(name: str, persona: str) -> tuple[int, ...]:
    """What an address of nothing answers: 404; a link of a letter 410; a panel that one does not chair 403."""
    return (404, 410) if name in ("token", "draft") else (404, 403) if persona == "chair" else (404,)


@pytest.mark.parametrize("endpoint", [door for door in DOORS if door != "static"])
def test_addresses_that_name_nothing_are_never_errors_of_ours(world, endpoint, is_full):
    door = DOORS[endpoint]
    persona = (door.personas("open") or ["visitor"])[0]
    wrong = []
    for name in things_of(world, endpoint):
        numbers = BAD_NUMBERS if is_full else WORST_NUMBERS
        for text in numbers if name not in ("label", "reference", "draft", "token") else bad_texts(name, numbers):
            address = world.address(endpoint, **{name: "HERE"}) if name in THINGS else at(world, endpoint, name)
            answer = ask(world, persona, door.methods[0], address.replace("HERE", text))
            if answer.status_code not in refusals(name, persona):
                wrong.append((name, text[:20], answer.status_code))
    assert wrong == []


def bad_texts(name: str, numbers: tuple[str, ...]) -> list[str]:
    prefix = {"label": "Q-", "reference": "S-7F3K-", "draft": "S-7F3K-"}.get(name, "")
    return [prefix + number for number in numbers] + ["%ED%A0%80", "%00", "%27%20OR%201=1"]


def at(world, endpoint: str, name: str) -> str:
    """The address with a place to put any text where the number of a thing belongs."""
    mark = 7_777_777_777_777
    return world.address(endpoint, **{name: mark}).replace(str(mark), "HERE")


@pytest.mark.parametrize(
    "persona",
    ["visitor", "other_organizer", *(pytest.param(p, marks=pytest.mark.full) for p in ("panelist", "administrator"))],
)
def test_draft_call_answers_like_no_call(world, persona):
    told_apart = []
    with world.undone():
        world.connection.execute(sa.text("UPDATE call SET state = 'draft' WHERE id = :id"), {"id": world.call.id})
        for endpoint, method in (
            (e, m) for e, door in DOORS.items() if "call" in world.asks_for(e) for m in door.methods
        ):
            real, none = (bare_of(world, persona, method, endpoint, "call", each) for each in (None, MISSING["call"]))
            if real != none or real[0] != 404:
                told_apart.append((endpoint, method, real[0], none[0]))
    assert told_apart == []


def test_organizer_sees_the_draft_of_a_call(world):
    with world.undone():
        world.connection.execute(sa.text("UPDATE call SET state = 'draft' WHERE id = :id"), {"id": world.call.id})
        assert ask(world, "organizer", "GET", world.address("calls.page")).status_code == 200


def test_things_chosen_in_bulk_are_checked_one_by_one(world):
    address = world.address("questions.decide_many")
    own, foreign = world.things["new_question_id"], world.foreign["new_question_id"]

    def changed_by(persona: str, question_id) -> bool:
        with world.undone():
            world.request(persona, "POST", address, data={"act": "in_scope", "selected": question_id})
            return world.digest() != before

    before = world.digest()
    assert changed_by("organizer", own)
    assert not changed_by("conflicted_organizer", own)
    assert not changed_by("organizer", foreign)
    assert not changed_by("other_organizer", own)
    assert not any(changed_by("organizer", text) for text in ("0", "9" * 5_000, "x", ""))


@pytest.mark.parametrize("part", ["assignment", "conflict_of_interest"])
def test_organizer_who_judges_a_question_loses_its_desk(world, part):
    doors = [door for door in DOORS.values() if door.permission in ("SCREEN_QUESTION", "JUDGE_PAIR")]
    # The summary of this world says what others asked: nobody loses it with this question.
    others = {"questions.reword"}
    asked = [(door.methods[0], world.address(door.endpoint)) for door in doors if door.endpoint not in others]
    listed = f'/organize/questions/{world.things["question_id"]}"'
    screening = world.address("questions.screening") + "?state=all"
    with world.undone():
        move = f"UPDATE {part} SET person_id = :to WHERE question_id = :question AND person_id = :from"
        values = {"to": world.people["organizer"], "question": world.things["question_id"]}
        assert listed in ask(world, "organizer", "GET", screening).text
        world.connection.execute(sa.text(move), values | {"from": world.people["conflicted"]})
        assert listed not in ask(world, "organizer", "GET", screening).text
        assert [each for each in asked if word_for(ask(world, "organizer", *each)) != "missing"] == []


def ran(**view_args):
    return Response("the view ran", 299)


def behind_the_guard(view):
    """Where a guarded view keeps what it guards."""
    while "permission" not in view.__code__.co_freevars:
        view = view.__wrapped__
    return view.__closure__[view.__code__.co_freevars.index("view")]


def broken_rule(who, subject):
    raise ZeroDivisionError("a rule is broken")


def faults() -> list[tuple[Permission, str, int, int]]:
    """Every place of a rule in the tables of the policy."""
    grants = [
        (p, "POLICY", row, n) for p, rows in POLICY.items() for row in range(len(rows)) for n in range(len(rows[row]))
    ]
    return grants + [(p, "DENIALS", 0, n) for p, rules in DENIALS.items() for n in range(len(rules))]


@pytest.mark.parametrize(
    ("permission", "table", "row", "place"), faults(), ids=lambda part: getattr(part, "name", str(part))
)
def test_broken_rule_opens_no_door(world, monkeypatch, permission, table, row, place, is_full):
    doors = [door for door in DOORS.values() if door.permission == permission.name]
    doors = doors if is_full else doors[:3]  # all doors of a permission ask the same rules
    assert doors
    for door in doors:
        monkeypatch.setattr(behind_the_guard(world.app.view_functions[door.endpoint]), "cell_contents", ran)
    asked = [(p, door.methods[0], world.address(door.endpoint)) for door in doors for p in door.personas("open")]
    assert {ask(world, *each).status_code for each in asked} <= {299}

    if table == "POLICY":
        rules = [list(rules) for rules in POLICY[permission]]
        monkeypatch.setitem(POLICY, permission, tuple(tuple(each) for each in rules[:row]))
        asked = [each for each in asked if ask(world, *each).status_code != 299]
        rules[row][place] = broken_rule
        monkeypatch.setitem(POLICY, permission, tuple(tuple(each) for each in rules))
    else:
        rules = [*DENIALS[permission]]
        rules[place] = broken_rule
        monkeypatch.setitem(DENIALS, permission, tuple(rules))
    assert {ask(world, *each).status_code for each in asked} <= {403, 404}
    assert asked
