"""A site with many questions on a database of its own, and the processor time that its answers cost."""

import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import psutil
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy.orm import Session

from ml.language.embedding import text_digest
from solicit import create_app, postgres
from solicit.calls.queries import CallFacts
from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.demo.arrivals import create_call
from solicit.demo.content import sample_questions
from solicit.embeddings.service import model_id_of
from solicit.embeddings.tasks import worker_encoder
from solicit.people.models import Person
from solicit.questions.models import Question, QuestionSource, QuestionVector, Support
from solicit.questions.queries.wording import wording_digest
from solicit.questions.states import Aspect, QuestionState
from solicit.settings import Settings
from solicit.submissions.models import Authorship, Submission, SubmissionVersion
from solicit.submissions.states import SubmissionState
from solicit.web.folding import fold
from solicit.web.limits import limiter

SEED = 20221124
PEOPLE_PER_QUESTION = 0.4
SUPPORTED_SHARE = 0.3
ROWS_AT_ONCE = 2_000


@dataclass(frozen=True)
class Cost:
    """Processor time of one answer in milliseconds: of the application and of the database."""

    application: float
    database: float

    @property
    def total(self) -> float:
        return self.application + self.database


@contextmanager
def bench_site(n_questions: int) -> Iterator[tuple[Flask, CallFacts]]:
    """A site whose call has ``n_questions`` public questions; it vanishes afterwards."""
    with tempfile.TemporaryDirectory(prefix="solicit-bench-") as folder:
        server = postgres.start(Path(folder) / "postgres")
        settings = Settings(instance_dir=Path(folder) / "instance", public_url="http://localhost")
        app = create_app(settings, postgres.embedded_urls(server, "bench"))
        limiter.enabled = False
        try:
            with app.app_context():
                upgrade()
                with transaction(is_long=True) as session:
                    call = create_call(session, organizer_ids=(), now=utcnow())
                    fill(session, call, n_questions)
                _analyze(app)
                yield app, call
                db.engine.dispose()
        finally:
            server.stop()


def _analyze(app: Flask) -> None:
    """Give the planner its statistics, as the server does by itself within minutes; only the owner may."""
    engine = sa.create_engine(app.config["OWNER_DATABASE_URL"])
    with engine.begin() as connection:
        connection.execute(sa.text("ANALYZE"))
    engine.dispose()


def fill(session: Session, call: CallFacts, n_questions: int) -> None:
    """Sample questions over and over, each with another ending, with vectors, authors and supporters."""
    chance = random.Random(SEED)
    model_id = model_id_of(session, worker_encoder())
    samples = sample_questions()
    people = _add_people(session, int(n_questions * PEOPLE_PER_QUESTION) + 100)
    now = utcnow()
    for start in range(0, n_questions, ROWS_AT_ONCE):
        numbers = range(start + 1, min(start + ROWS_AT_ONCE, n_questions) + 1)
        _add_questions(session, call, samples, numbers, people, model_id, chance, now)
    session.execute(sa.text("SELECT nextval('question_number') FROM generate_series(1, :n)"), {"n": n_questions})


def _add_people(session: Session, n: int) -> list[int]:
    rows = [
        dict(
            email=f"p{i}@example.org",
            fs_uniquifier=f"{i:032x}",
            full_name=f"Person {i}",
            country=("CN", "KE", "BR", "FR", "IN", "US")[i % 6],
            confirmed_at=utcnow(),
            created_at=utcnow(),
        )
        for i in range(n)
    ]
    return list(session.scalars(sa.insert(Person).returning(Person.id), rows))


def _add_questions(session, call, samples, numbers, people, model_id, chance, now: datetime) -> None:
    wordings = [_wording(call, samples, number, now - timedelta(minutes=number)) for number in numbers]
    sent = [
        words
        | dict(
            reference=f"S-{number:04d}-{number % 7919:04d}",
            submitter_id=chance.choice(people),
            state=SubmissionState.SENT,
            sent_at=words["created_at"],
            updated_at=words["created_at"],
            consented_at=words["created_at"],
        )
        for number, words in zip(numbers, wordings, strict=True)
    ]
    submission_ids = list(session.scalars(sa.insert(Submission).returning(Submission.id), sent))
    questions = [
        words
        | dict(
            number=number,
            state=QuestionState.IN_SCOPE,
            search_text=fold(words["title"], words["goal_overview"], words["significance"], words["approach"]),
            text_digest=wording_digest(
                words["title"], words["goal_overview"], words["significance"], words["approach"]
            ),
            screened_at=now,
        )
        for number, words in zip(numbers, wordings, strict=True)
    ]
    question_ids = list(session.scalars(sa.insert(Question).returning(Question.id), questions))
    pairs = list(zip(submission_ids, question_ids, sent, strict=True))
    session.execute(sa.insert(QuestionSource), [_source(*pair[:2]) for pair in pairs])
    session.execute(sa.insert(SubmissionVersion), [_version(s, words) for s, _q, words in pairs])
    session.execute(sa.insert(Authorship), [_author(s, words) for s, _q, words in pairs])
    session.execute(sa.insert(QuestionVector), [row for _s, q, words in pairs for row in _vectors(q, words, model_id)])
    session.execute(
        sa.insert(Support),
        [
            dict(question_id=q, person_id=person, supported_at=now)
            for _s, q, _w in pairs
            if chance.random() < SUPPORTED_SHARE
            for person in chance.sample(people, chance.randint(1, 10))
        ],
    )


def _wording(call: CallFacts, samples, number: int, created_at: datetime) -> dict:
    sample = samples[number % len(samples)]
    return dict(
        call_id=call.id,
        theme_id=call.themes[number % len(call.themes)].id,
        kind=Kind.QUESTION,
        language=sample.language,
        title=f"{sample.title} ({number})",
        goal_overview=sample.goal_overview,
        significance=sample.significance,
        approach=sample.approach,
        created_at=created_at,
    )


def _source(submission_id: int, question_id: int) -> dict:
    return dict(submission_id=submission_id, question_id=question_id, first_question_id=question_id)


def _version(submission_id: int, words: dict) -> dict:
    names = ("theme_id", "language", "title", "goal_overview", "significance", "approach")
    return dict(submission_id=submission_id, number=1, saved_at=words["sent_at"]) | {n: words[n] for n in names}


def _author(submission_id: int, words: dict) -> dict:
    return dict(submission_id=submission_id, person_id=words["submitter_id"], full_name="A Person", country="KE")


def _vectors(question_id: int, words: dict, model_id: int) -> Iterator[dict]:
    """A vector like that of a sentence: a direction of its own sample, and noise."""
    digest = text_digest(words["title"])
    noise = np.random.default_rng(int.from_bytes(digest[:8])).standard_normal((2, 384))
    theme = np.random.default_rng(words["theme_id"]).standard_normal(384)
    for aspect, own in zip(Aspect, noise, strict=True):
        vector = own + theme
        yield dict(
            question_id=question_id,
            model_id=model_id,
            aspect=aspect,
            call_id=words["call_id"],
            theme_id=words["theme_id"],
            digest=digest,
            vector=vector / np.linalg.norm(vector),
        )


class Stopwatch:
    """Processor time spent inside ``with`` blocks, of this process and of the server process of our connection."""

    def __init__(self) -> None:
        self.application = self.database = 0.0

    def __enter__(self) -> "Stopwatch":
        self._began = _seconds()
        return self

    def __exit__(self, *_) -> None:
        application, database = _seconds()
        self.application += application - self._began[0]
        self.database += database - self._began[1]


def cost_of(work: Callable[[], object], n: int, *, warm_up: int = 5, only: Stopwatch | None = None) -> Cost:
    """The mean cost of ``work`` over ``n`` turns, or of the part of it that it measures with ``only``."""
    for _ in range(warm_up):
        work()
    if only:
        only.__init__()
    with Stopwatch() as whole:
        for _ in range(n):
            work()
    spent = only or whole
    return Cost(spent.application / n * 1_000, spent.database / n * 1_000)


def _seconds() -> tuple[float, float]:
    """Seconds of this process and of the database's process; the kernel counts the latter in hundredths."""
    pid = db.session.scalar(sa.text("SELECT pg_backend_pid()"))
    db.session.rollback()
    times = psutil.Process(pid).cpu_times()
    return time.process_time(), times.user + times.system


def machine() -> str:
    """One line about where this was measured."""
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python process {os.getpid()}"
