"""The map, its points and the page of a topic, as everybody reads them."""

import gzip
import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_map import in_scope, make_layout, make_topic
from builders_questions import make_model, make_vector
from builders_submissions import label_of

from solicit.calls.models import Call
from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.jobs.models import Job
from solicit.questions.models import Question
from solicit.questions.states import QuestionState
from solicit.topics.models import MapPoint, Topic, TopicMember
from solicit.topics.views import _drawing


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def world(session, call):
    """Two topics of two themes and a question without topic, on a map."""
    ice, dust = in_scope(session, call, 3), in_scope(session, call, 2, theme="life")
    alone = in_scope(session, call, theme="life")
    first = make_topic(session, call, ice, name="Icy moons")
    second = make_topic(session, call, dust, name="Living dust")
    places = {question.id: (place / 10, 0.5) for place, question in enumerate([*ice, *dust, *alone])}
    make_layout(session, call, places)
    return dict(ice=ice, dust=dust, alone=alone[0], first=first, second=second)


def base(call):
    return f"/en/{call.slug}/topics"


def points_of(client, call):
    return client.get(base(call) + "/points.json").json


def test_the_map_shows_points_topics_and_how_to_read_it(client, call, world):
    page = client.get(base(call)).text

    assert "Topics in 6 questions and plans" in page
    assert "directions have no meaning" in page
    assert page.count("<use ") == 6 and page.count('<g class="point') == 2
    assert f'href="{base(call)}/{world["first"].id}"' in page
    assert "83% of the questions fall in a topic" in page
    assert f'data-points="{base(call)}/points.json"' in page


def test_the_list_says_the_same_without_a_map(client, session, call, world):
    page = client.get(base(call) + "?view=list").text

    assert "<canvas" not in page and "<use " not in page
    assert "Icy moons" in page and world["ice"][0].title in page
    assert "View as a map" in page


def test_a_theme_is_shown_alone(client, call, world):
    page = client.get(base(call) + "?theme=life").text

    assert page.count("<use ") == 3
    assert f'<a href="{base(call)}/{world["first"].id}"><text' not in page
    assert f'<li data-topic="{world["first"].id}" data-theme="space" hidden>' in page
    assert 'href="' + base(call) + '"' in page  # all themes again


@pytest.mark.parametrize("query", ["theme=zz", "theme=space%00"])
def test_a_theme_that_the_call_does_not_have_is_refused(client, call, world, query):
    assert client.get(f"{base(call)}?{query}").status_code == 400
    assert client.get(f"{base(call)}.csv?{query}").status_code == 400


def test_with_many_questions_topics_are_circles(client, call, world, monkeypatch):
    monkeypatch.setattr(_drawing, "MOST_POINTS", 3)

    page = client.get(base(call)).text

    assert page.count('<circle class="point') == 2 and "<use " not in page


def test_without_topics_the_themes_are_listed(client, session, call):
    in_scope(session, call, 2)

    page = client.get(base(call)).text

    assert "Topics appear after the organizers have grouped the questions." in page
    assert f'href="/en/{call.slug}/questions?theme=space"' in page and "2 questions and plans" in page


def test_points_say_theme_topic_number_and_place(client, session, call, world):
    session.get(Question, world["ice"][2].id).kind = Kind.PLAN
    numbers = [question.number for question in world["ice"]]

    packed = points_of(client, call)

    assert packed["themes"] == [theme.key for theme in call.themes]
    assert packed["groups"][0] == {
        "theme": 0,
        "topic": world["first"].id,
        "middle": [400, 2000],
        "number": [-numbers[2], numbers[2] + numbers[0], numbers[1] - numbers[0]],
        "x": [400, -400, 0],
        "y": [0, 0, 0],
    }
    assert [(group["theme"], group["topic"]) for group in packed["groups"][1:]] == [(1, 0), (1, world["second"].id)]


@pytest.mark.parametrize("change", ["state", "theme", "topic", "place"])
def test_points_are_asked_for_again_only_when_something_changed(client, session, call, world, change):
    first = client.get(base(call) + "/points.json")
    again = {"If-None-Match": first.headers["ETag"]}
    same = client.get(base(call) + "/points.json", headers=again)
    assert (same.status_code, same.data, first.headers["Cache-Control"]) == (304, b"", "private, no-cache")
    question = session.get(Question, world["ice"][0].id)
    if change == "state":
        question.state = QuestionState.WITHDRAWN
    elif change == "theme":
        question.theme_id = call.theme("life").id
    elif change == "topic":
        session.execute(sa.delete(TopicMember).where(TopicMember.question_id == question.id))
    else:
        session.get(MapPoint, question.id).x = 0.9

    changed = client.get(base(call) + "/points.json", headers=again)

    assert changed.status_code == 200 and changed.data != first.data


def test_points_come_packed_where_the_browser_takes_it(client, call, world):
    packed = client.get(base(call) + "/points.json", headers={"Accept-Encoding": "gzip"})

    assert packed.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in packed.vary
    assert json.loads(gzip.decompress(packed.data)) == points_of(client, call)


def test_the_title_of_a_point_is_public_only_in_scope(client, session, call, world):
    question = world["ice"][0]
    address = f"{base(call)}/points/{label_of(question)}.json"

    assert client.get(address).json == {
        "label": label_of(question),
        "title": question.title,
        "language": "en",
        "topic": "Icy moons",
    }
    session.get(Question, question.id).state = QuestionState.WITHDRAWN
    assert client.get(address).status_code == 404
    assert client.get(f"{base(call)}/points/Q-x.json").status_code == 404


def test_nothing_of_a_call_that_does_not_show_its_questions(client, session, call, world):
    label = label_of(world["ice"][0])
    session.get(Call, call.id).publishes_while_open = False

    addresses = (".csv", "/points.json", f"/points/{label}.json", f"/{world['first'].id}")
    assert [client.get(base(call) + end).status_code for end in addresses] == [404] * 4
    page = client.get(base(call)).text
    assert "not public yet" in page and "Icy moons" not in page


def test_csv_lists_the_topics(client, call, world):
    lines = client.get(base(call) + ".csv?theme=life", buffered=True).text.splitlines()

    assert len(lines) == 2
    assert lines[1].startswith(f'"{world["second"].id}","Living dust","{call.theme("life").name}","2","0","2"')


def test_a_topic_shows_its_questions_place_and_neighbours(client, session, call, world):
    model = make_model(session)
    for topic, direction in ((world["first"], [1, 0, 0, 0]), (world["second"], [1, 1, 0, 0])):
        make_vector(session, session.get(Question, topic.medoid_id), model, direction)
    session.execute(sa.update(sa.table("topic_run", sa.column("model_id"))).values(model_id=model.id))

    page = client.get(f"{base(call)}/{world['first'].id}").text

    assert all(f"/questions/{label_of(question)}" in page for question in world["ice"])
    assert "Nearest topics" in page and "Living dust" in page
    assert page.count('<circle class="point') == 2 and page.count(" marked") >= 1
    assert "3 new in the last seven days" in page
    assert f"/en/{call.slug}/questions.csv?topic={world['first'].id}" in page


def test_new_means_the_last_seven_whole_days(client, session, call, world):
    midnight = utcnow().replace(hour=0, minute=0, second=0, microsecond=0)
    session.get(Question, world["ice"][0].id).created_at = midnight - timedelta(days=6)
    session.get(Question, world["ice"][1].id).created_at = midnight - timedelta(days=6, seconds=1)

    assert "2 new in the last seven days" in client.get(f"{base(call)}/{world['first'].id}").text


def test_a_topic_is_narrowed_by_kind_and_language(client, session, call, world):
    session.get(Question, world["ice"][0].id).language = "fr"
    address = f"{base(call)}/{world['first'].id}"

    french = client.get(address + "?language=fr").text

    assert world["ice"][0].title in french and world["ice"][1].title not in french
    assert client.get(address + "?kind=plan").text.count("No question matches") == 1
    assert client.get(address + "?kind=zz").status_code == 400


def test_a_merged_topic_leads_to_the_one_that_took_it_in(client, session, call, world):
    between = make_topic(session, call, in_scope(session, call))
    for topic, target in ((world["second"], between), (between, world["first"])):
        session.execute(
            sa.update(Topic).where(Topic.id == topic.id).values(retired_at=utcnow(), merged_into_id=target.id)
        )

    answer = client.get(f"{base(call)}/{world['second'].id}")

    assert (answer.status_code, answer.location) == (301, f"{base(call)}/{world['first'].id}")


@pytest.mark.parametrize("n", [1, 3, 50])
def test_pages_cost_the_same_for_any_number(client, session, call, count_statements, n):
    questions = in_scope(session, call, n)
    topic = make_topic(session, call, questions)
    make_layout(session, call, {question.id: (0.5, 0.5) for question in questions})
    label = label_of(questions[0])
    session.commit()
    costs = {}
    for end in ("", "?view=list", ".csv", "/points.json", f"/points/{label}.json", f"/{topic.id}"):
        count_statements.clear()
        assert client.get(base(call) + end, buffered=True).status_code == 200
        costs[end.replace(label, "").replace(str(topic.id), "")] = len(count_statements)

    assert costs == {"": 4, "?view=list": 3, ".csv": 2, "/points.json": 3, "/points/.json": 2, "/": 4}


def test_an_organizer_has_the_map_drawn_once(client, session, call):
    sign_in(client, session, make_organizer(session, call))
    address = f"/{call.slug}/organize/topics/draw"

    first, second = client.post(address), client.post(address)

    job = session.scalars(sa.select(Job)).one()
    assert (first.status_code, first.location) == (303, f"/{call.slug}/organize/jobs/{job.id}")
    assert second.status_code == 409 and "already waiting or running" in second.text


def test_nobody_else_has_the_map_drawn(client, session, call):
    sign_in(client, session, make_person(session))

    assert client.post(f"/{call.slug}/organize/topics/draw").status_code == 403
