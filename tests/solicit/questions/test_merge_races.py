"""Two organizers who merge at the same moment, on two connections: one wins, the other reads why."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer
from builders_questions import make_question

from solicit import create_app
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import Conflict
from solicit.questions.models import Merge, Question
from solicit.questions.service.merge import merge_questions
from solicit.questions.service.unmerge import undo_merge
from solicit.questions.states import QuestionState
from solicit.settings import Settings

N_ROUNDS = 5


@pytest.fixture
def own_app(make_database, tmp_path):
    settings = Settings(instance_dir=tmp_path, testing=True, public_url="http://localhost")
    app = create_app(settings, make_database("solicit_merge_race"))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def questions(own_app):
    """Makes committed questions of one call and returns their ids and an organizer's."""

    def make(n: int) -> tuple[list[int], int]:
        with own_app.app_context(), transaction() as session:
            call = make_call(session)
            return [make_question(session, call).id for _ in range(n)], make_organizer(session, call).id

    return make


def at_once(app, acts) -> list[str]:
    """Do all acts at the same moment, each on its own connection; how each ended."""
    together = Barrier(len(acts))

    def outcome(act) -> str:
        try:
            with app.app_context(), transaction() as session:
                together.wait()
                act(session)
        except Conflict:
            return "conflict"
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(outcome, acts))


def merging(source_id: int, target_id: int, actor_id: int):
    return lambda session: merge_questions(
        session, source_id=source_id, target_id=target_id, actor_id=actor_id, now=utcnow()
    )


def test_same_pair_is_merged_once(own_app, questions):
    for _ in range(N_ROUNDS):
        (one, other), actor_id = questions(2)
        assert at_once(own_app, [merging(one, other, actor_id)] * 2) == ["conflict", "done"]


def test_two_directions_end_in_one(own_app, questions):
    for _ in range(N_ROUNDS):
        (one, other), actor_id = questions(2)
        acts = [merging(one, other, actor_id), merging(other, one, actor_id)]
        assert at_once(own_app, acts) == ["conflict", "done"]


def test_circle_of_three_never_closes(own_app, questions):
    for _ in range(N_ROUNDS):
        ids, actor_id = questions(3)
        acts = [merging(source, target, actor_id) for source, target in zip(ids, [*ids[1:], ids[0]], strict=True)]
        assert "conflict" in at_once(own_app, acts)
        with own_app.app_context():
            states = db.session().scalars(sa.select(Question.state).where(Question.id.in_(ids))).all()
        assert QuestionState.NEW in states


def test_merge_is_undone_once_while_its_target_is_merged_on(own_app, questions):
    for _ in range(N_ROUNDS):
        (first, second, third), actor_id = questions(3)
        with own_app.app_context(), transaction() as session:
            merge_id = merging(first, second, actor_id)(session)

        def undoing(session, merge_id=merge_id, actor_id=actor_id):
            undo_merge(session, merge_id=merge_id, actor_id=actor_id, now=utcnow())

        outcomes = at_once(own_app, [undoing, undoing, merging(second, third, actor_id)])
        assert outcomes == ["conflict", "done", "done"]
        with own_app.app_context():
            standing = db.session().scalars(sa.select(Merge.source_id).where(Merge.undone_at.is_(None))).all()
        assert second in standing and first not in standing
