"""The queue of a panelist, and the progress that a chair sees."""

import re

import pytest
import sqlalchemy as sa
from builders import make_call, make_person, sign_in
from builders_panels import ask, force_state, make_panel, make_round, rate, seat
from builders_reviews import World

from solicit.panels.models import Assignment, Round


@pytest.fixture
def world(session, client):
    world = World(session, client)
    sign_in(client, session, world.person)
    return world


def test_the_queue_leads_to_the_first_question_to_do(world):
    queue = f"/{world.call.slug}/review"
    rate(world.session, world.mine[0], 5)
    world.client.post(world.address(1), data=world.sent(action="skip"))
    button = f'<a class="btn pri" href="/{world.call.slug}/review/{world.label(2)}">Go on with {world.label(2)}</a>'
    assert button in world.client.get(queue).text
    force_state(world.session, world.round_id, "closed")
    assert "Go on with" not in world.client.get(queue).text


@pytest.mark.parametrize("path", ["/review", "/review/statement"])
def test_doors_of_the_queue(session, client, path):
    world = World(session, client)
    address = f"/{world.call.slug}{path}"
    assert client.get(address).status_code == 303
    for person in (make_person(session), world.organizer):
        sign_in(client, session, person)
        answer = client.get(address)
        assert answer.status_code == 403 and "panelist" in answer.text
    sign_in(client, session, world.person)
    assert client.get(address).status_code == 200


def test_the_chair_sees_counts_and_no_values(session, client):
    world = World(session, client)
    chair = seat(session, world.call, world.panel, is_chair=True)
    rate(session, world.mine[0], 5)
    sign_in(client, session, chair)
    page = client.get(f"/{world.call.slug}/review/panels/{world.panel.id}")
    assert page.status_code == 200
    row = re.search(rf"<bdi>{world.person.full_name}</bdi></th>(.*?)</tr>", page.text, re.S)[1]
    assert re.findall(r">(\d+)<", row) == ["1", "3"]
    assert world.questions[0].title not in page.text


def test_doors_of_the_progress_page(session, client):
    world = World(session, client)
    address = f"/{world.call.slug}/review/panels/{world.panel.id}"
    assert client.get(address).status_code == 303
    other_panel = make_panel(session, world.call, theme="life")
    chair_of_another = seat(session, world.call, other_panel, is_chair=True)
    for person in (world.person, chair_of_another):
        sign_in(client, session, person)
        assert client.get(address).status_code == 403
    sign_in(client, session, world.organizer)
    assert client.get(address).status_code == 200
    for missing in (make_panel(session, make_call(session)).id, 2**63 - 1):
        assert client.get(f"/{world.call.slug}/review/panels/{missing}").status_code == 404


@pytest.mark.parametrize("n_questions", [1, 3])
def test_pages_cost_few_statements_and_always_the_same(session, client, count_statements, n_questions):
    world = World(session, client, n_questions)
    sign_in(client, session, world.person)
    costs = {"/review": 5, f"/review/{world.label()}": 7}
    for path, cost in costs.items():
        count_statements.clear()
        assert client.get(f"/{world.call.slug}{path}").status_code == 200
        assert len(count_statements) == cost, count_statements


def test_a_long_queue_has_pages(session, client):
    world = World(session, client, n_questions=51)
    sign_in(client, session, world.person)
    first, second = (client.get(f"/{world.call.slug}/review?page={page}").text for page in (1, 2))
    assert world.questions[0].title in first and world.questions[50].title not in first
    assert world.questions[50].title in second
    for odd in ("page=0", "page=x", "page=99999999999", "round=x", "round=999999999999999999", "round=²"):
        assert client.get(f"/{world.call.slug}/review?{odd}").status_code == 200


def test_answers_of_an_earlier_round_stay_readable(world):
    rate(world.session, world.mine[0], 5)
    force_state(world.session, world.round_id, "closed")
    second = make_round(world.session, world.call, name="Second reading", state="open")
    ask(world.session, second, world.panel, world.person, world.questions[1])
    queue = world.client.get(f"/{world.call.slug}/review").text
    assert "Second reading" in queue and "First reading" in queue
    assert world.label(1) in queue and world.label(0) not in queue
    closed = world.client.get(f"/{world.call.slug}/review?round={world.round_id}").text
    assert world.label(0) in closed and "This round is closed" in closed
    assert world.session.scalar(sa.select(sa.func.count()).select_from(Assignment)) == 7


def test_a_staged_queue_says_how_stages_work_and_leads_to_calling_back(session, client):
    world = World(session, client)
    sign_in(client, session, world.person)
    plain = client.get(f"/{world.call.slug}/review").text
    assert "come in stages" not in plain and "/recall" not in plain

    session.get_one(Round, world.round_id).is_staged = True
    session.commit()

    queue = client.get(f"/{world.call.slug}/review").text
    assert "Questions come in stages: each is read once" in queue
    assert f'href="/{world.call.slug}/review/rounds/{world.round_id}/recall"' in queue
