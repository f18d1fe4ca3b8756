"""A site with many questions on a database of its own, and what its answers cost."""

import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from ml.language.embedding import Encoder, text_digest
from solicit import create_app, postgres
from solicit.calls.queries import CallFacts
from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.demo.arrivals import create_call
from solicit.demo.content import SampleQuestion, sample_questions
from solicit.embeddings.encoders import worker_encoder
from solicit.embeddings.service import model_id_of
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
N_PEOPLE = 2_000
SUPPORTED_SHARE = 0.3
ROWS_AT_ONCE = 2_000
# A share of noise that leaves copies of a question as close to each other as good paraphrases are.
NOISE = 0.04
TEXTS = ("title", "goal_overview", "significance", "approach")


@dataclass(frozen=True)
class Cost:
    """Milliseconds of one act: on the clock (median and 99th percentile), and of both processors (means)."""

    p50: float
    p99: float
    application: float
    database: float

    @property
    def processors(self) -> float:
        return self.application + self.database


@dataclass
class Site:
    """An application with one open call; each of its questions is a sample question with another ending."""

    app: Flask
    call: CallFacts
    encoder: Encoder
    people: list[int]
    vectors: NDArray[np.float32]
    n_questions: int = 0
    samples: Sequence[SampleQuestion] = field(default_factory=lambda: list(sample_questions()))
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))

    def grow_to(self, n: int) -> None:
        """Add public questions, with vectors, authors and supporters, until there are ``n``."""
        with transaction(is_long=True) as session:
            for start in range(self.n_questions + 1, n + 1, ROWS_AT_ONCE):
                _add_questions(session, self, range(start, min(start + ROWS_AT_ONCE, n + 1)))
        self.n_questions = max(self.n_questions, n)
        self.vacuum()

    def vacuum(self) -> None:
        """Let the database know what there is, as it does by itself after a while."""
        with sa.create_engine(self.app.config["OWNER_DATABASE_URL"], isolation_level="AUTOCOMMIT").connect() as owner:
            owner.execute(sa.text("VACUUM ANALYZE"))


@contextmanager
def bench_site() -> Iterator[Site]:
    """A site without questions; it vanishes afterwards."""
    with tempfile.TemporaryDirectory(prefix="solicit-bench-") as folder:
        server = postgres.start(Path(folder) / "postgres")
        # A demonstration asks organizers for no second factor.
        settings = Settings(
            instance_dir=Path(folder) / "instance", public_url="http://localhost", demo=True, log_level="warning"
        )
        app = create_app(settings, postgres.embedded_urls(server, "bench"))
        limiter.enabled = False
        try:
            with app.app_context():
                upgrade()
                encoder = worker_encoder()
                with transaction() as session:
                    call = create_call(session, organizer_ids=(), now=utcnow())
                    people = _add_people(session)
                vectors = encoder.encode([sample.title for sample in sample_questions()])
                yield Site(app, call, encoder, people, vectors)
                db.session.remove()
                db.engine.dispose()
        finally:
            server.stop()


class Stopwatch:
    """Processor time spent inside ``with`` blocks, of this process and of the server process of our connection."""

    def __init__(self) -> None:
        self.reset()

    def __enter__(self) -> "Stopwatch":
        self._began = _seconds()
        return self

    def __exit__(self, *_) -> None:
        application, database = _seconds()
        self.application += application - self._began[0]
        self.database += database - self._began[1]

    def reset(self) -> None:
        self.application = self.database = 0.0


def cost_of(work: Callable[[], object], n: int, *, warm_up: int = 5, only: Stopwatch | None = None) -> Cost:
    """What ``work`` costs over ``n`` turns; of the processors only the part measured with ``only``, if given."""
    for _ in range(warm_up):
        work()
    if only:
        only.reset()
    times = []
    with Stopwatch() as whole:
        for _ in range(n):
            began = time.perf_counter()
            work()
            times.append(1_000 * (time.perf_counter() - began))
    spent, cuts = only or whole, statistics.quantiles(times, n=100)
    return Cost(cuts[49], cuts[98], spent.application / n * 1_000, spent.database / n * 1_000)


def machine() -> str:
    """One line about where this was measured."""
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python process {os.getpid()}"


def _seconds() -> tuple[float, float]:
    """Seconds of this process and of the database's process behind our connection."""
    pid = db.session.scalar(sa.text("SELECT pg_backend_pid()"))
    db.session.rollback()
    on_cpu = int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
    return time.process_time(), on_cpu / 1e9


def _add_people(session: Session) -> list[int]:
    rows = [
        dict(
            email=f"p{i}@example.org",
            fs_uniquifier=f"{i:032x}",
            full_name=f"Person {i}",
            country=("CN", "KE", "BR", "FR", "IN", "US")[i % 6],
            confirmed_at=utcnow(),
            created_at=utcnow(),
        )
        for i in range(N_PEOPLE)
    ]
    return list(session.scalars(sa.insert(Person).returning(Person.id), rows))


def _add_questions(session: Session, site: Site, numbers: range) -> None:
    now = utcnow()
    wordings = [_wording(site, number, now - timedelta(minutes=number)) for number in numbers]
    sent = [_submission(site, *each) for each in zip(numbers, wordings, strict=True)]
    submission_ids = list(session.scalars(sa.insert(Submission).returning(Submission.id), sent))
    questions = [_question(*each, now) for each in zip(numbers, wordings, strict=True)]
    question_ids = list(session.scalars(sa.insert(Question).returning(Question.id), questions))
    pairs = list(zip(submission_ids, question_ids, sent, strict=True))
    model_id = model_id_of(session, site.encoder)
    vectors = (row for n, (_s, q, words) in zip(numbers, pairs, strict=True) for row in _vectors(site, n, q, words))
    session.execute(sa.insert(QuestionSource), [_source(*pair[:2]) for pair in pairs])
    session.execute(sa.insert(SubmissionVersion), [_version(s, words) for s, _q, words in pairs])
    session.execute(sa.insert(Authorship), [_author(s, words) for s, _q, words in pairs])
    session.execute(sa.insert(QuestionVector), [row | {"model_id": model_id} for row in vectors])
    session.execute(sa.insert(Support), [row for q in question_ids for row in _supports(site, q, now)])
    session.execute(sa.text("SELECT nextval('question_number') FROM generate_series(1, :n)"), {"n": len(numbers)})


def _wording(site: Site, number: int, created_at: datetime) -> dict:
    sample, themes = site.samples[number % len(site.samples)], site.call.themes
    return dict(
        call_id=site.call.id,
        theme_id=themes[number % len(themes)].id,
        kind=Kind.QUESTION,
        language=sample.language,
        title=f"{sample.title} ({number})",
        goal_overview=sample.goal_overview,
        significance=sample.significance,
        approach=sample.approach,
        created_at=created_at,
    )


def _submission(site: Site, number: int, words: dict) -> dict:
    times = dict.fromkeys(("sent_at", "updated_at", "consented_at"), words["created_at"])
    return (
        words
        | times
        | dict(
            reference=f"S-{number:04d}-{number % 7919:04d}",
            submitter_id=site.chance.choice(site.people),
            state=SubmissionState.SENT,
        )
    )


def _question(number: int, words: dict, now: datetime) -> dict:
    texts = [words[name] for name in TEXTS]
    return words | dict(
        number=number,
        state=QuestionState.IN_SCOPE,
        search_text=fold(*texts),
        text_digest=wording_digest(*texts),
        screened_at=now,
    )


def _source(submission_id: int, question_id: int) -> dict:
    return dict(submission_id=submission_id, question_id=question_id, first_question_id=question_id)


def _version(submission_id: int, words: dict) -> dict:
    names = ("theme_id", "language", *TEXTS)
    return dict(submission_id=submission_id, number=1, saved_at=words["sent_at"]) | {n: words[n] for n in names}


def _author(submission_id: int, words: dict) -> dict:
    return dict(submission_id=submission_id, person_id=words["submitter_id"], full_name="A Person", country="KE")


def _vectors(site: Site, number: int, question_id: int, words: dict) -> Iterator[dict]:
    """The real vector of the sample's title, with noise."""
    sample = site.vectors[number % len(site.samples)]
    noise = np.random.default_rng(number).uniform(-NOISE, NOISE, (len(Aspect), len(sample)))
    for aspect, vector in zip(Aspect, sample + noise, strict=True):
        yield dict(
            question_id=question_id,
            aspect=aspect,
            call_id=words["call_id"],
            theme_id=words["theme_id"],
            digest=text_digest(words["title"]),
            vector=vector / np.linalg.norm(vector),
        )


def _supports(site: Site, question_id: int, now: datetime) -> Iterator[dict]:
    if site.chance.random() < SUPPORTED_SHARE:
        for person_id in site.chance.sample(site.people, site.chance.randint(1, 10)):
            yield dict(question_id=question_id, person_id=person_id, supported_at=now)
