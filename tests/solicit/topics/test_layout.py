"""Drawing the map: the job, what it stores, and where later questions stand."""

import numpy as np
import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_published
from builders_map import in_scope, make_layout
from builders_questions import make_model, make_question, make_vector

from ml.language.embedding import BUNDLED_NAME
from solicit.audit.models import AuditEvent
from solicit.clock import utcnow
from solicit.db import db
from solicit.errors import Closed, Conflict
from solicit.jobs.models import Job
from solicit.jobs.states import JobState
from solicit.questions.states import QuestionState
from solicit.topics import tasks
from solicit.topics.models import MapLayout, MapPoint
from solicit.topics.service import layout
from solicit.topics.service.place import place_on_map

PATH = "/a-call/organize/coverage"


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def model(session):
    return make_model(session, width=4)


def make_drawable(session, call, model, n, *, seed=0):
    """Questions in scope with vectors in random directions."""
    directions = np.random.default_rng(seed).normal(size=(n, 4))
    questions = in_scope(session, call, n)
    for question, direction in zip(questions, directions, strict=True):
        make_vector(session, question, model, direction)
    return questions


def start(session, call, **values):
    defaults = dict(call_id=call.id, started_by_id=None, result_path=PATH, now=utcnow())
    return layout.start_drawing(session, **defaults | values)


def run(session, job_id, *, seed=5):
    session.commit()
    tasks.lay_out(job_id=job_id, seed=seed, result_path=PATH)


def points(session):
    return {point.question_id: (point.x, point.y) for point in session.scalars(sa.select(MapPoint))}


def test_the_job_draws_every_question_in_scope(session, call, model):
    questions = make_drawable(session, call, model, 20)
    make_vector(session, make_question(session, call, state=QuestionState.NEW), model, [1, 0, 0, 0])
    foreign = make_call(session)
    make_drawable(session, foreign, model, 3)
    job_id = start(session, call)

    run(session, job_id)

    drawn = session.scalars(sa.select(MapLayout)).one()
    assert (drawn.call_id, drawn.model_id, drawn.seed, drawn.n_questions) == (call.id, model.id, 5, 20)
    assert set(drawn.versions) == {"numpy", "openTSNE", "scikit-learn", "scipy"} and len(drawn.input_digest) == 32
    assert set(points(session)) == {question.id for question in questions}
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in points(session).values())
    job = session.get(Job, job_id, populate_existing=True)
    assert (job.state, job.step, job.result_path) == (JobState.DONE, 3, PATH)


def test_a_job_taken_up_again_stores_nothing_twice(session, call, model):
    make_drawable(session, call, model, 12)
    job_id = start(session, call)
    run(session, job_id)
    before = points(session)

    tasks.lay_out(job_id=job_id, seed=6, result_path=PATH)

    assert session.scalar(sa.select(sa.func.count()).select_from(MapLayout)) == 1
    assert points(session) == before


def test_a_worker_that_died_leaves_a_job_that_draws_the_same(session, call, model, monkeypatch):
    make_drawable(session, call, model, 12)
    questions = layout.load_layout_input(session, call_id=call.id)
    expected = dict(zip(questions.question_ids, layout.draw(questions, seed=5).tolist(), strict=True))
    job_id = start(session, call)
    session.commit()
    monkeypatch.setattr(tasks.layout, "store_layout", _die)
    with pytest.raises(KeyboardInterrupt):
        tasks.lay_out(job_id=job_id, seed=5, result_path=PATH)
    db.session.rollback()
    monkeypatch.undo()

    run(session, job_id)

    assert points(session) == {id_: tuple(place) for id_, place in expected.items()}


def _die(*_, **__):
    raise KeyboardInterrupt


def test_the_order_of_rows_changes_nothing(session, call, model):
    make_drawable(session, call, model, 15)
    one = layout.load_layout_input(session, call_id=call.id)
    session.execute(sa.text("UPDATE question_vector SET theme_id = theme_id"))  # moves the rows in their table

    other = layout.load_layout_input(session, call_id=call.id)

    assert one.question_ids == other.question_ids
    assert layout.draw(one, seed=1).tobytes() == layout.draw(other, seed=1).tobytes()


def test_a_new_drawing_lies_as_the_last_one(session, call, model):
    make_drawable(session, call, model, 40)
    run(session, start(session, call))
    before = points(session)
    make_drawable(session, call, model, 4, seed=1)

    run(session, start(session, call), seed=9)

    after = points(session)
    moved = [np.hypot(*np.subtract(after[id_], place)) for id_, place in before.items()]
    assert len(after) == 44 and np.median(moved) < 0.1
    assert session.scalars(sa.select(MapLayout.parameters).order_by(MapLayout.id)).all() == [
        {"starts_from_last": False},
        {"starts_from_last": True},
    ]


def test_texts_that_the_model_does_not_read_are_not_drawn(session, call):
    bundled = make_model(session, name=BUNDLED_NAME, width=4)
    read, unread = in_scope(session, call)[0], in_scope(session, call, language="zh")[0]
    for question in (read, unread):
        make_vector(session, question, bundled, [1, 0, 0, 0])

    assert layout.load_layout_input(session, call_id=call.id).question_ids == (read.id,)


def test_a_call_without_vectors_says_that_there_is_nothing_to_draw(session, call, model):
    in_scope(session, call, 2)
    job_id = start(session, call)

    run(session, job_id)

    job = session.get(Job, job_id, populate_existing=True)
    assert (job.state, job.problem) == (
        JobState.FAILED,
        "There is nothing to draw yet: no text in scope can be compared.",
    )
    assert session.scalars(sa.select(MapLayout)).all() == []


def test_starting_is_remembered_and_refused_twice(session, call):
    organizer = make_organizer(session, call)

    start(session, call, started_by_id=organizer.id)

    assert session.scalar(sa.select(AuditEvent.actor_key).where(AuditEvent.act == "draw map"))
    with pytest.raises(Conflict):
        start(session, call)


def test_nothing_is_drawn_after_the_results(session, call):
    make_published(session, call.id)

    with pytest.raises(Closed):
        start(session, call)


@pytest.mark.parametrize(("n_drawn", "n_now", "starts"), [(0, 1, True), (10, 11, False), (10, 12, True), (0, 0, False)])
def test_it_is_drawn_by_itself_when_a_tenth_is_new(session, call, n_drawn, n_now, starts):
    questions = in_scope(session, call, n_now)
    if n_drawn:
        make_layout(session, call, {question.id: (0.5, 0.5) for question in questions[:n_drawn]})

    for _ in range(2):
        layout.draw_if_grown(session, call_id=call.id, started_by_id=None, now=utcnow())

    assert session.scalar(sa.select(sa.func.count()).select_from(Job)) == int(starts)


def test_a_later_question_stands_between_its_nearest(session, call, model):
    near, far = make_two(session, call, model)
    layout_ = make_layout(session, call, {near.id: (0.0, 0.0), far.id: (1.0, 1.0)}, model_id=model.id)
    later = in_scope(session, call)[0]
    make_vector(session, later, model, [3, 1, 0, 0])

    assert place_on_map(session, question_id=later.id)
    assert place_on_map(session, question_id=later.id)

    point = session.get(MapPoint, later.id)
    assert point.layout_id == layout_.id and point.came_later
    assert 0 < point.x == point.y < 0.5


def make_two(session, call, model):
    near, far = in_scope(session, call, 2)
    make_vector(session, near, model, [1, 0, 0, 0])
    make_vector(session, far, model, [0, 1, 0, 0])
    return near, far


def test_a_question_of_the_drawing_stays_where_it_is(session, call, model):
    near, far = make_two(session, call, model)
    make_layout(session, call, {near.id: (0.0, 0.0), far.id: (1.0, 1.0)}, model_id=model.id)

    place_on_map(session, question_id=near.id)

    assert points(session)[near.id] == (0.0, 0.0)


@pytest.mark.parametrize("lacks", ["map", "vector", "scope"])
def test_a_question_that_cannot_be_placed_is_left_out(session, call, model, lacks):
    near, far = make_two(session, call, model)
    if lacks != "map":
        make_layout(session, call, {near.id: (0.0, 0.0), far.id: (1.0, 1.0)}, model_id=model.id)
    later = make_question(session, call, state=QuestionState.NEW if lacks == "scope" else QuestionState.IN_SCOPE)
    if lacks != "vector":
        make_vector(session, later, model, [1, 1, 0, 0])

    assert not place_on_map(session, question_id=later.id)
    assert later.id not in points(session)
