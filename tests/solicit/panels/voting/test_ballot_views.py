"""The pages of ranked ballots: one form for everything, saved as it goes, and nothing lost between two windows."""

import re

import pytest
import sqlalchemy as sa
from builders import make_person, sign_in
from builders_panels import force_state, make_later_round, make_read_question, seat, vote
from builders_voting import make_balloting

from solicit.panels.models import RoundQuestion
from solicit.panels.states import Activity, BallotState, Pick

JSON = {"Accept": "application/json"}


@pytest.fixture
def voting(session, client):
    voting = make_balloting(session, instruction="Which should come first?")
    sign_in(client, session, voting.person)
    return voting


@pytest.fixture
def address(voting) -> str:
    return voting.address("rank/space")


def typed(voting, places, version=0, action="save") -> dict:
    fields = {f"place_{voting.questions[n].id}": str(place) for n, place in places.items()}
    return fields | {"version": str(version), "action": action}


def step(voting, act, n) -> str:
    return f"{act}-{voting.questions[n].id}"


def test_themes_are_listed_with_how_far_they_are(voting, client):
    page = client.get(voting.address("rank"))
    assert page.status_code == 200
    assert "Which should come first?" in page.text and "To do" in page.text
    assert voting.address(f"rank/space?round={voting.round_id}") in page.text
    assert "rank/life" not in page.text


def test_an_order_begins_empty_and_in_a_random_order_of_ones_own(voting, client, session, address):
    labels = [f"Q-{question.number}" for question in voting.questions]
    pages = []
    for person in voting.people:
        sign_in(client, session, person)
        pages.append(client.get(address).text)
    orders = [sorted(labels, key=text.index) for text in pages]
    assert "No question has a place yet" in pages[0]
    assert orders[0] != orders[1]


def test_numbers_are_saved_as_a_draft_and_shown_again(voting, client, address):
    answer = client.post(address, data=typed(voting, {2: 1, 0: 2}))
    assert (answer.status_code, answer.location) == (303, f"{address}?round={voting.round_id}#order")
    assert voting.places() == {2: 1, 0: 2}
    page = client.get(address).text
    assert page.index(f"Q-{voting.questions[2].number}") < page.index(f"Q-{voting.questions[0].number}")


def test_a_step_is_taken_with_everything_that_was_typed(voting, client, address):
    client.post(address, data=typed(voting, {0: 1, 1: 2, 2: 3}, action=step(voting, "up", 2)))
    assert voting.places() == {0: 1, 2: 2, 1: 3}
    client.post(address, data=typed(voting, {0: 1, 2: 2, 1: 3}, version=1, action=step(voting, "tie", 2)))
    assert voting.places() == {0: 1, 2: 1, 1: 2}
    client.post(address, data=typed(voting, {0: 1, 2: 1, 1: 2}, version=2, action=step(voting, "in", 3)))
    assert voting.places() == {0: 1, 2: 1, 1: 2, 3: 3}
    client.post(address, data=typed(voting, {0: 1, 2: 1, 1: 2, 3: 3}, version=3, action=step(voting, "out", 0)))
    assert voting.places() == {2: 1, 1: 2, 3: 3}


def test_the_script_saves_while_somebody_types(voting, client, address):
    answer = client.post(address, data=typed(voting, {0: 1}), headers=JSON)
    assert answer.status_code == 200 and answer.json["version"] == 1
    stale = client.post(address, data=typed(voting, {0: 2}), headers=JSON)
    assert stale.status_code == 409 and "another window" in stale.json["message"]
    bad = client.post(address, data=typed(voting, {0: 99}, version=1), headers=JSON)
    assert bad.status_code == 422 and bad.json["message"] == "A place is a number from 1 to 5"


def test_a_submitted_order_is_shown_and_changed_only_on_purpose(voting, client, address):
    answer = client.post(address, data=typed(voting, {0: 1, 1: 2}, action="submit"))
    assert answer.location == voting.address(f"rank?round={voting.round_id}")
    assert "Submitted" in client.get(answer.location).text
    page = client.get(address).text
    assert "You submitted this order" in page and "Save the draft" not in page
    assert client.post(address, data=typed(voting, {1: 1, 0: 2}, version=1)).status_code == 409
    assert client.post(f"{address}/change").status_code == 303
    assert voting.ballot().state is BallotState.DRAFT
    assert "does not count until you submit it" in client.get(address).text


def test_fewer_than_two_places_are_refused_with_what_was_typed(voting, client, address):
    page = client.post(address, data=typed(voting, {3: 4}, action="submit"))
    assert page.status_code == 409 and "at least two questions" in page.text
    assert re.search(r'name="place_\d+"[^>]*value="4"|value="4"[^>]*name="place_', page.text)


def test_two_windows_see_both_orders(voting, client, address):
    client.post(address, data=typed(voting, {0: 1, 1: 2}))
    page = client.post(address, data=typed(voting, {1: 1, 0: 2}))
    assert page.status_code == 409 and "Saved in the other window" in page.text
    assert voting.places() == {0: 1, 1: 2}
    version = re.search(r'name="version"[^>]*value="(\d+)"|value="(\d+)"[^>]*name="version"', page.text)
    again = typed(voting, {1: 1, 0: 2}, version=version[1] or version[2])
    assert client.post(address, data=again).status_code == 303
    assert voting.places() == {1: 1, 0: 2}


@pytest.mark.parametrize("place", ["0", "-1", "6", "x", "1.5", "99999999999999999999", "\u0661\0"])
def test_what_is_no_place_is_refused_and_kept(voting, client, address, place):
    page = client.post(address, data=typed(voting, {0: place}))
    assert page.status_code == 422 and "A place is a number from 1 to 5" in page.text
    assert voting.ballot() is None


@pytest.mark.parametrize("action", ["up-0", "up-x", "fly-1", "", "up-" + "9" * 40])
def test_a_step_that_is_none_only_saves(voting, client, address, action):
    assert client.post(address, data=typed(voting, {0: 1}, action=action)).status_code == 303
    assert voting.places() == {0: 1}


def test_places_for_questions_of_others_are_not_read(voting, client, session, address):
    elsewhere = make_read_question(session, voting.call)
    client.post(address, data=typed(voting, {0: 1}) | {f"place_{elsewhere.id}": "1"})
    assert voting.places() == {0: 1}


@pytest.mark.parametrize("theme", ["no-such", "SPACE", "1"])
def test_no_such_theme_is_missing(voting, client, theme):
    assert client.get(voting.address(f"rank/{theme}")).status_code == 404
    assert client.post(voting.address(f"rank/{theme}"), data={}).status_code == 404


def test_a_theme_without_questions_leads_back(voting, client):
    answer = client.get(voting.address("rank/life"))
    assert (answer.status_code, answer.location) == (303, voting.address("rank"))
    assert client.post(voting.address("rank/life"), data={}).status_code == 404


def test_after_the_close_nothing_is_saved(voting, client, session, address):
    force_state(session, voting.round_id, "closed")
    assert client.post(address, data=typed(voting, {0: 1, 1: 2}, action="submit")).status_code == 404
    assert client.get(address).status_code == 303
    assert "No ballot is open" in client.get(voting.address("rank")).text


def test_what_is_in_conflict_or_unreadable_is_not_on_the_ballot(voting, client, address):
    voting.conflict(voting.person, voting.questions[0])
    voting.questions[1].language = "zh"
    page = client.get(address).text
    assert [question.title in page for question in voting.questions] == [False, False, True, True, True]


def test_others_orders_change_no_byte_of_the_page(voting, client, session, address):
    client.get(address)
    before = without_token(client.get(address).text), without_token(client.get(voting.address("rank")).text)
    vote(session, voting.round_id, voting.people[1], {voting.questions[0]: 1, voting.questions[1]: 2})
    after = without_token(client.get(address).text), without_token(client.get(voting.address("rank")).text)
    assert after == before


def test_the_bar_leads_to_ballots_only_while_one_is_open(voting, client, session):
    link = f'href="{voting.address("rank")}"'
    assert link in client.get(voting.address()).text
    force_state(session, voting.round_id, "closed")
    assert link not in client.get(voting.address()).text


def test_doors_of_ballots(voting, client, session, address):
    sign_in(client, session, make_person(session))
    assert client.get(address).status_code == 403
    newcomer = seat(session, voting.call, voting.panel, accepts=False)
    sign_in(client, session, newcomer)
    assert client.get(address).location == voting.address("statement")
    assert client.post(address, data=typed(voting, {0: 1})).status_code == 409


@pytest.mark.parametrize("n_questions", [2, 30])
def test_both_pages_cost_six_statements(session, client, count_statements, n_questions):
    voting = make_balloting(session, n_questions=n_questions)
    vote(session, voting.round_id, voting.person, {voting.questions[0]: 1}, state=BallotState.DRAFT)
    sign_in(client, session, voting.person)
    for page in ("rank", "rank/space"):
        session.expire_all()
        count_statements.clear()
        assert client.get(voting.address(page)).status_code == 200
        assert len(count_statements) == 6


def test_a_question_added_later_stands_below_as_not_ranked(voting, client, session, address):
    client.post(address, data=typed(voting, {n: n + 1 for n in range(5)}))
    later = make_read_question(session, voting.call)
    session.add(RoundQuestion(round_id=voting.round_id, question_id=later.id, pick=Pick.CHOSEN))
    session.flush()
    page = client.get(address).text
    assert page.index("Not ranked") < page.index(f"Q-{later.number}")
    assert session.scalar(sa.select(sa.func.count()).select_from(RoundQuestion)) == 6


def test_an_order_is_never_saved_in_another_round(voting, client, session, address):
    later = make_later_round(session, voting.first_id, Activity.BALLOT, voting.questions)
    typed_there = typed(voting, {0: 1, 1: 2}) | {"round": str(voting.round_id)}
    assert client.post(address, data=typed_there).status_code == 303
    assert voting.places() == {0: 1, 1: 2}
    assert f'value="{later}"' in client.get(address).text
    force_state(session, voting.round_id, "closed")
    assert client.post(address, data=typed_there | {"version": "1"}).status_code == 404
    voting.round_id = later
    assert voting.ballot() is None


def without_token(text: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]*"', "", text)
