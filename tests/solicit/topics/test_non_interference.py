"""Who wrote a question changes no point, neighbour, topic or name of the map: not one byte."""

import numpy as np
import pytest
import sqlalchemy as sa
from builders import make_call, make_person
from builders_map import make_topic
from builders_people import without_token
from builders_questions import make_model, make_vector
from builders_submissions import label_of, make_question

from solicit.people.models import Person
from solicit.submissions.models import Authorship, Submission
from solicit.topics.service import layout
from solicit.topics.service.place import place_on_map


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def questions(session, call):
    """Questions of several people with vectors, in two topics."""
    model = make_model(session, width=4)
    directions = np.random.default_rng(3).normal(size=(12, 4))
    made = [make_question(session, call, make_person(session, country="KE")) for _ in directions]
    for question, direction in zip(made, directions, strict=True):
        make_vector(session, question, model, direction)
    for part in (made[:6], made[6:11]):
        make_topic(session, call, part)
    return made


def drawn(session, call):
    questions = layout.load_layout_input(session, call_id=call.id)
    return questions, layout.draw(questions, seed=1)


def answers(client, call, questions, topic_ids):
    base = f"/en/{call.slug}/topics"
    ends = ("", "?view=list", "?theme=space", ".csv", "/points.json", f"/points/{label_of(questions[0])}.json")
    addresses = [base + end for end in (*ends, *(f"/{id_}" for id_ in topic_ids))]
    found = [client.get(address, buffered=True) for address in addresses]
    assert {answer.status_code for answer in found} == {200}
    return [(answer.headers.get("ETag"), without_token(answer.text)) for answer in found]


def change_every_author(session):
    stranger = make_person(session, full_name="Zqxjk Other", country="PE", affiliation="Zqxjk Institute")
    session.execute(sa.update(Submission).values(submitter_id=stranger.id))
    values = dict(person_id=stranger.id, full_name="Zqxjk Other", country="PE", affiliation="Zqxjk Institute")
    session.execute(sa.update(Authorship).values(may_be_named=True, ror="https://ror.org/05dxps055", **values))
    session.execute(sa.update(Person).values(full_name="Nobody", country=None))


def test_authors_countries_and_institutions_change_no_byte(client, session, call, questions):
    topic_ids = session.scalars(sa.text("SELECT id FROM topic ORDER BY id")).all()
    before, positions = drawn(session, call)
    layout.store_layout(
        session, call_id=call.id, questions=before, positions=positions, seed=1, now=questions[0].created_at
    )
    shown = answers(client, call, questions, topic_ids)
    place = "SELECT x, y FROM map_point WHERE question_id = :id"
    session.execute(sa.text("UPDATE map_point SET came_later = true WHERE question_id = :id"), {"id": questions[-1].id})
    place_on_map(session, question_id=questions[-1].id)
    placed = session.execute(sa.text(place), {"id": questions[-1].id}).one()
    shown_later = answers(client, call, questions, topic_ids)

    change_every_author(session)

    assert answers(client, call, questions, topic_ids) == shown_later != shown
    place_on_map(session, question_id=questions[-1].id)
    assert session.execute(sa.text(place), {"id": questions[-1].id}).one() == placed
    session.execute(sa.text("DELETE FROM map_point"))
    after, positions_after = drawn(session, call)
    assert layout.input_digest(after, seed=1) == layout.input_digest(before, seed=1)
    assert positions_after.tobytes() == positions.tobytes()
    assert all("Zqxjk" not in body for _etag, body in answers(client, call, questions, topic_ids))
