"""A call with many questions on a database of its own, and what a request costs the application and the database."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import Flask, g
from flask_migrate import upgrade

from ml.language.embedding import Encoder
from solicit import create_app
from solicit.calls import service as calls
from solicit.calls.queries import CallFacts, call_facts
from solicit.calls.states import CallState
from solicit.clock import utcnow
from solicit.db import db
from solicit.demo.content import sample_questions
from solicit.embeddings.service import model_id_of
from solicit.embeddings.tasks import worker_encoder
from solicit.postgres import stop_embedded
from solicit.settings import Settings
from solicit.web.folding import fold

THEMES = (("space", "circle"), ("life", "triangle"), ("nature", "diamond"), ("station", "square"))
# A share of noise that leaves copies of a question as close to each other as good paraphrases are.
NOISE = 0.04

COPY_QUESTIONS = """
INSERT INTO question (call_id, theme_id, kind, number, state, language, title, goal_overview, significance, approach,
                      text_digest, search_text, version, created_at, screened_at, reason_note)
SELECT CAST(:call_id AS bigint), (SELECT id FROM theme WHERE call_id = :call_id AND position = 1 + n % 4), s.kind,
       nextval(CASE s.kind WHEN 'plan' THEN 'plan_number' ELSE 'question_number' END),
       CASE WHEN n % 10 = 9 THEN 'new' ELSE 'in_scope' END, s.language, s.title || ' ' || n,
       s.goal_overview, s.significance, s.approach, sha256(n::text::bytea), s.search_text || ' ' || n, 1,
       now() - n * interval '5 minutes', now() - n * interval '4 minutes', ''
FROM generate_series(CAST(:first AS int), CAST(:last AS int)) AS n
JOIN sample s ON s.place = n % (SELECT count(*) FROM sample)
"""
COPY_VECTORS = """
INSERT INTO question_vector (question_id, model_id, aspect, call_id, theme_id, digest, vector)
SELECT q.id, CAST(:model_id AS bigint), a.aspect, q.call_id, q.theme_id, q.text_digest,
       l2_normalize(s.vector + noise.vector)
FROM question q
JOIN sample s ON s.place = substring(q.search_text FROM '[0-9]+$')::int % (SELECT count(*) FROM sample)
CROSS JOIN (VALUES ('title'), ('text')) AS a(aspect)
CROSS JOIN LATERAL (
    SELECT array_agg((random() - .5) * CAST(:noise AS float8))::halfvec AS vector
    FROM generate_series(1, CAST(:width AS bigint) + 0 * q.id) AS d
    WHERE a.aspect <> ''
) AS noise
WHERE NOT EXISTS (SELECT FROM question_vector v WHERE v.question_id = q.id)
"""


@dataclass(frozen=True)
class World:
    app: Flask
    encoder: Encoder
    slug: str

    def call(self) -> CallFacts:
        return call_facts(db.session(), slug=self.slug)

    def grow_to(self, n: int) -> None:
        """Add questions with vectors until there are ``n`` of them, a tenth of which are not screened."""
        with owner_of(self.app) as connection:
            present = connection.scalar(sa.text("SELECT count(*) FROM question"))
            values = dict(call_id=self.call().id, first=present, last=n - 1)
            connection.execute(sa.text(COPY_QUESTIONS), values)
            values = dict(model_id=self._model_id(), width=self.encoder.width, noise=2 * NOISE)
            connection.execute(sa.text(COPY_VECTORS), values)
        with owner_of(self.app, isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM ANALYZE"))

    def _model_id(self) -> int:
        model_id = model_id_of(db.session(), self.encoder)
        db.session.commit()
        return model_id


@dataclass(frozen=True)
class Cost:
    """Milliseconds of one act: on the clock (median and 99th percentile), and of both processors (means)."""

    p50: float
    p99: float
    application: float
    database: float

    def __str__(self) -> str:
        return (
            f"p50 {self.p50:7.2f}  p99 {self.p99:7.2f}  CPU application {self.application:6.2f}"
            f"  database {self.database:6.2f}  together {self.application + self.database:6.2f} ms"
        )


@contextmanager
def world() -> Iterator[World]:
    """An application on an embedded database in a temporary folder, with an open call and no question."""
    with tempfile.TemporaryDirectory(prefix="solicit-benchmark-") as folder:
        settings = Settings(instance_dir=Path(folder), testing=True, public_url="http://localhost")
        app = create_app(settings)
        app.config.update(RATELIMIT_ENABLED=False)
        with app.app_context():
            upgrade()
            made = World(app, worker_encoder(), _open_call())
            _fill_samples(made)
            try:
                yield made
            finally:
                db.session.remove()
                db.engine.dispose()
                stop_embedded(settings)


@contextmanager
def owner_of(app: Flask, **options) -> Iterator[sa.Connection]:
    engine = sa.create_engine(app.config["OWNER_DATABASE_URL"], **options)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def cost(act: Callable[[int], object], *, n: int = 200, warm: int = 20) -> Cost:
    """What ``act(number)`` costs; the database's part is the processor time of this connection's backend."""
    for number in range(warm):
        act(number)
    backend = Path(f"/proc/{db.session().scalar(sa.text('SELECT pg_backend_pid()'))}/schedstat")
    db.session.rollback()
    before, cpu, times = _on_cpu(backend), time.process_time(), []
    for number in range(n):
        start = time.perf_counter()
        act(number)
        times.append(1_000 * (time.perf_counter() - start))
    cuts = statistics.quantiles(times, n=100)
    application = 1_000 * (time.process_time() - cpu) / n
    return Cost(cuts[49], cuts[98], application, (_on_cpu(backend) - before) / n / 1e6)


def fetch(world: World, address: str) -> int:
    """Ask for a page as a browser without cookies does; returns its size."""
    for name in list(g):
        g.pop(name)
    answer = world.app.test_client().get(address)
    db.session.rollback()
    assert answer.status_code == 200, (address, answer.status_code)
    return len(answer.data)


def _on_cpu(schedstat: Path) -> int:
    return int(schedstat.read_text().split()[0])


def _open_call() -> str:
    session, now = db.session(), utcnow()
    new = calls.NewCall(
        slug="deep-space",
        title="Deep space",
        headline="Which questions come next?",
        consent="We may publish it.",
        confidentiality="I keep it to myself.",
        opens_at=now - timedelta(days=30),
        closes_at=now + timedelta(days=30),
        themes=tuple(
            calls.NewTheme(key=key, name=key.title(), short_name=key.title(), shape=shape, colour=key, description="")
            for key, shape in THEMES
        ),
        reasons=(),
    )
    call_id = calls.create_call(session, call=new, creator_id=None, now=now)
    calls.move_call(session, call_id=call_id, to=CallState.OPEN, actor_id=None, now=now)
    session.commit()
    return new.slug


def _fill_samples(made: World) -> None:
    """The sample texts with their real vectors, from which the questions are copied with noise."""
    texts = list(sample_questions())
    vectors = made.encoder.encode([text.title for text in texts])
    with owner_of(made.app) as connection:
        connection.execute(
            sa.text(
                "CREATE TABLE sample (place int, kind text, language text, title text, goal_overview text,"
                " significance text, approach text, search_text text, vector halfvec)"
            )
        )
        rows = [
            dict(
                place=place,
                kind=text.kind,
                language=text.language,
                title=text.title,
                goal=text.goal_overview,
                significance=text.significance,
                approach=text.approach,
                search=fold(text.title, text.goal_overview, text.significance, text.approach),
                vector=str(vector.tolist()),
            )
            for place, (text, vector) in enumerate(zip(texts, vectors, strict=True))
        ]
        connection.execute(
            sa.text(
                "INSERT INTO sample VALUES (:place, :kind, :language, :title, :goal, :significance, :approach,"
                " :search, CAST(:vector AS halfvec))"
            ),
            rows,
        )
