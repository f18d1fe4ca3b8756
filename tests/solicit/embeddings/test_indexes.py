"""Search indexes: built by the worker when they are due, used by the searches, and dropped again."""

from collections.abc import Iterator

import numpy as np
import psycopg
import pytest
import sqlalchemy as sa
from builders import make_call

from solicit import create_app
from solicit.calls.queries import CallFacts, call_facts
from solicit.db import db, transaction
from solicit.embeddings.indexes import NOT_OWNER, index_name, is_wanted, look_after_indexes
from solicit.embeddings.models import EmbeddingModel
from solicit.embeddings.queries import model_states
from solicit.embeddings.service import settle_model
from solicit.questions.models import QuestionVector
from solicit.questions.queries.near import VECTORS_EACH, Space, near_texts, space_of, vector_of
from solicit.questions.queries.similar import is_comparable
from solicit.settings import Settings

WIDTH = 16
N_QUESTIONS = 3_000
# Low, so that a few thousand vectors are many.
EXACT_BELOW = 1_000
QUESTIONS = """
INSERT INTO question (id, call_id, theme_id, kind, number, state, language, title, goal_overview, significance,
                      approach, text_digest, search_text, version, created_at, reason_note, is_summary)
SELECT n, :call_id, CASE WHEN n % 50 = 0 THEN CAST(:rare AS bigint) ELSE :often END, 'question', n, 'in_scope', 'en',
       'Why ' || n, '', '', '', '', '', 1, now(), '', false
FROM generate_series(CAST(:first AS int), CAST(:last AS int)) AS n
"""
VECTORS = """
INSERT INTO question_vector (question_id, model_id, aspect, call_id, theme_id, digest, vector)
SELECT question.id, :model_id, aspect, call_id, theme_id, '', l2_normalize(made.vector)
FROM question, unnest(ARRAY['title', 'text']) AS aspect,
     LATERAL (SELECT array_agg(random() - 0.5)::halfvec AS vector FROM generate_series(1, CAST(:width AS int))
              WHERE question.id + length(aspect) > 0) AS made
WHERE question.id BETWEEN :first AND :last
"""


class Crowd:
    """A call with thousands of public questions, whose vectors point anywhere."""

    def __init__(self, urls, *, name: str) -> None:
        self.urls = urls
        with transaction() as session:
            session.execute(sa.text("SELECT setseed(0.5)"))
            self.call: CallFacts = make_call(session, slug=name)
            model = EmbeddingModel(name=name, width=WIDTH)
            session.add(model)
            session.flush()
            self.model_id = model.id
            settle_model(session, call_id=self.call.id, model_id=model.id)
            self.add(session, 1, N_QUESTIONS)
            self.call = call_facts(session, slug=name)

    @property
    def space(self) -> Space:
        return space_of(self.call)

    @property
    def rare(self) -> int:
        """A theme of every fiftieth question."""
        return self.call.themes[0].id

    def add(self, session, first: int, last: int) -> None:
        themes = dict(rare=self.rare, often=self.call.themes[1].id)
        session.execute(sa.text(QUESTIONS), dict(call_id=self.call.id, first=first, last=last) | themes)
        values = dict(model_id=self.model_id, width=WIDTH, first=first, last=last)
        session.execute(sa.text(VECTORS), values)

    def near(self, vector, *, n: int = 10, where=()) -> sa.Select:
        near = near_texts(
            self.space, vector_of(vector, self.space), n=n, keep=is_comparable(self.space), least=0.0, where=where
        )
        return sa.select(near).order_by(near.c.distance, near.c.question_id).limit(n)

    def found(self, vector, *, exactly: bool = False, **options) -> list[int]:
        with transaction() as session:
            if exactly:
                session.execute(sa.text("SET LOCAL enable_indexscan = off"))
            return [row.question_id for row in session.execute(self.near(vector, **options))]

    def plan(self, vector, **options) -> dict:
        """What the database does for a search, with the rows it touched."""
        with transaction() as session:
            connection, sent = session.connection(), []
            sa.event.listen(connection, "before_cursor_execute", lambda *about: sent.append(about[2:4]), once=True)
            session.execute(self.near(vector, **options))
            ((statement, values),) = sent
            explained = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values)
            return explained.scalar()[0]["Plan"]

    def look_after(self, **options) -> None:
        look_after_indexes(options.pop("url", self.urls.owner), exact_below=EXACT_BELOW, **options)

    def state(self):
        with transaction() as session:
            return next(state for state in model_states(session) if state.id == self.model_id)


def nodes(plan: dict) -> Iterator[dict]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def rows_of(node: dict) -> float:
    return node["Actual Rows"] + node.get("Rows Removed by Filter", 0)


def vectors(n: int) -> np.ndarray:
    return np.random.default_rng(3).normal(size=(n, WIDTH))


@pytest.fixture
def crowd(make_database, tmp_path, request):
    """Committed to a database of its own: an index is built outside of any transaction."""
    urls = make_database("solicit_indexes")
    with psycopg.connect(urls.owner.replace("+psycopg", ""), autocommit=True) as owner:
        for table in ("question", "question_vector"):
            owner.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
    app = create_app(Settings(instance_dir=tmp_path, testing=True), urls)
    with app.app_context():
        yield Crowd(urls, name="crowd")
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize(
    ("n_rows", "is_there", "wanted"),
    [(19_999, False, False), (20_000, False, True), (15_000, True, True), (14_999, True, False), (0, True, False)],
)
def test_index_is_wanted_from_a_size_on_and_not_built_and_dropped_in_turns(n_rows, is_there, wanted):
    assert is_wanted(n_rows, is_there=is_there) is wanted


def test_index_is_built_used_and_finds_the_true_neighbours(crowd):
    (vector,) = vectors(1)
    assert index_name(crowd.model_id) not in str(crowd.plan(vector))
    assert not crowd.state().is_indexed

    crowd.look_after()

    state = crowd.state()
    assert state.is_indexed and state.indexed_at and state.problem == ""
    assert index_name(crowd.model_id) in {node.get("Index Name") for node in nodes(crowd.plan(vector))}
    shares = [len(set(crowd.found(each)) & set(crowd.found(each, exactly=True))) / 10 for each in vectors(30)]
    assert np.mean(shares) >= 0.99


def test_filters_work_with_the_index_and_a_new_question_is_found_at_once(crowd):
    crowd.look_after()
    (vector,) = vectors(1)
    of_theme = (QuestionVector.theme_id == crowd.rare,)
    found = crowd.found(vector, where=of_theme)
    assert len(found) == 10 and all(question_id % 50 == 0 for question_id in found)
    assert found == crowd.found(vector, where=of_theme, exactly=True)

    with transaction() as session:
        crowd.add(session, N_QUESTIONS + 1, N_QUESTIONS + 1)
        session.execute(
            sa.update(QuestionVector).where(QuestionVector.question_id == N_QUESTIONS + 1).values(vector=vector)
        )
    assert crowd.found(vector)[0] == N_QUESTIONS + 1


def test_index_goes_with_its_vectors(crowd):
    crowd.look_after()
    with transaction() as session:
        session.execute(sa.delete(QuestionVector).where(QuestionVector.question_id > 100))
    crowd.look_after()
    assert not crowd.state().is_indexed
    assert len(crowd.found(vectors(1)[0])) == 10


def test_unfinished_index_is_built_anew(crowd, server):
    crowd.look_after()
    database = sa.make_url(crowd.urls.owner).database
    with psycopg.connect(server.get_uri(database=database), autocommit=True) as admin:
        name = index_name(crowd.model_id)
        admin.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass", [name])
        crowd.look_after()
        valid = admin.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = %s::regclass", [name])
        assert valid.fetchone() == (True,)


def test_worker_that_does_not_own_the_table_says_so_and_the_search_stays_exact(crowd):
    crowd.look_after(url=crowd.urls.app)
    state = crowd.state()
    assert (state.is_indexed, state.problem) == (False, NOT_OWNER)
    assert len(crowd.found(vectors(1)[0])) == 10
    crowd.look_after()
    assert (crowd.state().is_indexed, crowd.state().problem) == (True, "")


@pytest.mark.parametrize("is_indexed", [False, True])
def test_search_right_after_a_bulk_load_looks_at_few_questions(crowd, is_indexed):
    if is_indexed:
        crowd.look_after()
        with transaction() as session:
            crowd.add(session, N_QUESTIONS + 1, N_QUESTIONS + 300)
    plan = crowd.plan(vectors(1)[0], n=10)
    looked_at = [node for node in nodes(plan) if node.get("Relation Name") == "question"]
    touched = sum(rows_of(node) * node["Actual Loops"] for node in looked_at)
    assert 0 < touched <= VECTORS_EACH * 10
    assert plan["Actual Rows"] == 10


def test_statistics_are_made_after_a_bulk_load(crowd):
    analyzed = sa.text("SELECT count(*) FROM pg_stats WHERE tablename = 'question_vector' AND attname = 'call_id'")
    with transaction() as session:
        assert session.scalar(analyzed) == 0
    crowd.look_after()
    with transaction() as session:
        assert session.scalar(analyzed) == 1
