"""What the similar panel costs beside the bare embedding of its title, with the recall of its index; and a web process.

The vectors are made up: mixtures of two real sentences of the sample content, with noise, two for each question.
"""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cached_property
from itertools import count

import click
import numpy as np
import psycopg
import sqlalchemy as sa
from pgvector import HalfVector
from pgvector.psycopg import register_vector

from benchmarks.site import SEED, Site, bench_site, cost_of, machine
from ml.language.embedding import text_digest
from solicit.calls.queries import call_facts
from solicit.db import db, transaction
from solicit.demo.content import sample_questions
from solicit.embeddings.indexes import index_name, look_after_indexes
from solicit.embeddings.service import model_id_of, settle_model
from solicit.questions.queries.near import near_texts, space_of, vector_of
from solicit.questions.queries.similar import is_comparable, similar_panel
from solicit.questions.states import Aspect
from solicit.web.folding import fold

SIZES = (5_000, 10_000, 100_000, 500_000)
ROWS_AT_ONCE = 10_000
# The length of the noise beside that of the mixture: copies of one mixture have a cosine of about 0.86.
NOISE = 0.4
NEIGHBOURS = 10
QUESTION = (
    "id", "call_id", "theme_id", "kind", "number", "state", "language", "title", "goal_overview", "significance",
    "approach", "text_digest", "search_text", "version", "created_at", "reason_note", "is_summary",
)  # fmt: skip
VECTOR = ("question_id", "model_id", "aspect", "call_id", "theme_id", "digest", "vector")

WEB = """
import sys, time
from pathlib import Path
began = time.perf_counter()
import onnxruntime, tokenizers, solicit
from solicit.embeddings.encoders import web_encoder
from solicit.postgres import DatabaseUrls
from solicit.settings import Settings
imported = time.perf_counter()
settings = Settings(instance_dir=Path(sys.argv[1]), public_url="http://localhost", log_level="warning")
app = solicit.create_app(settings, DatabaseUrls(*sys.argv[2:4]))
answer = app.test_client().get(sys.argv[4])
assert answer.status_code == 200, answer.status_code
ready = time.perf_counter()
memory = dict(line.split(":", 1) for line in open("/proc/self/status"))
whole, own = (int(memory[name].split()[0]) / 1024 for name in ("VmRSS", "RssAnon"))
print(f"imports {imported - began:.2f} s, then ready with its first answer in {ready - imported:.2f} s,", end=" ")
print(f"{whole:.0f} MB, of which {own:.0f} MB are its own and the rest files that processes share")
"""


@click.command()
@click.option("--turns", default=200, show_default=True, help="How often the panel is asked for.")
@click.option("--most", default=100_000, show_default=True, help="Leave larger sizes out.")
def main(turns: int, most: int) -> None:
    """Print milliseconds on the clock and of the database's processor, and how many true neighbours are found."""
    print(machine())
    print(f"{'questions':>10}{'search':>8}{'build':>8}{'size':>9}{'embedding':>11}{'panel':>8}{'more':>7}", end="")
    print(f"{'p99':>8}{'database':>10}{f'recall@{NEIGHBOURS}':>11}")
    titles = new_titles()
    with bench_site() as site:
        crowd = Crowd(site)
        for size in (size for size in SIZES if size <= most):
            crowd.grow_to(size)
            seconds = crowd.index()
            bare = cost_of(lambda: site.encoder.encode([next(titles)]), turns)
            panel = cost_of(lambda: ask(site, next(titles)), turns)
            kind = "HNSW" if crowd.index_bytes() else "exact"
            print(f"{size:>10,}{kind:>8}{seconds:>7.0f}s{crowd.index_bytes() / 1e6:>7.0f}MB", end="")
            print(f"{bare.p50:>11.2f}{panel.p50:>8.2f}{panel.p50 - bare.p50:>7.2f}{panel.p99:>8.2f}", end="")
            print(f"{panel.database:>10.2f}{crowd.recall(titles, 50):>11.4f}", flush=True)
        print("Web process:", web_process(site))


def new_titles() -> Iterator[str]:
    """Titles that nobody typed before."""
    english = [text.title for text in sample_questions() if text.language == "en"]
    for number in count():
        yield f"{english[number % len(english)]} Part {number}"


def ask(site: Site, title: str) -> None:
    """One look at the panel."""
    panel = similar_panel(
        db.session(), call=site.call, title=title, language="en", viewer_id=None, encoder=site.encoder
    )
    db.session.rollback()
    assert panel.questions


def web_process(site: Site) -> str:
    """How long a fresh web process takes to its first panel, and how large it is then."""
    address = f"/en/{site.call.slug}/similar?title=What+makes+the+rings+of+Saturn&language=en"
    urls = (site.app.config["SQLALCHEMY_DATABASE_URI"], site.app.config["OWNER_DATABASE_URL"])
    command = [sys.executable, "-c", WEB, site.app.instance_path, *urls, address]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


class Crowd:
    """Very many public questions of a site, with made-up vectors, written as the owner by COPY."""

    def __init__(self, site: Site) -> None:
        self.site, self.n = site, 0
        self.chance = np.random.default_rng(SEED)
        with transaction() as session:
            self.model_id = model_id_of(session, site.encoder)
            settle_model(session, call_id=site.call.id, model_id=self.model_id)
        with transaction() as session:
            site.call = call_facts(session, slug=site.call.slug)

    @cached_property
    def sentences(self) -> np.ndarray:
        """Vectors of the English sentences of the sample content."""
        english = [each for each in sample_questions() if each.language == "en"]
        texts = " ".join(f"{each.title} {each.goal_overview} {each.significance}" for each in english)
        return self.site.encoder.encode(sorted(set(re.findall(r"[A-Z][^.?!]{20,}[.?!]", texts))))

    @property
    def owner_url(self) -> str:
        return self.site.app.config["OWNER_DATABASE_URL"]

    def grow_to(self, n: int) -> None:
        address = self.owner_url.replace("postgresql+psycopg://", "postgresql://", 1)
        with psycopg.connect(address, autocommit=True) as owner:
            register_vector(owner)
            for start in range(self.n + 1, n + 1, ROWS_AT_ONCE):
                self._add(owner, range(start, min(start + ROWS_AT_ONCE, n + 1)))
            owner.execute("VACUUM ANALYZE question, question_vector")
        self.n = n

    def index(self) -> float:
        """Let the worker's task look after the index, and return how many seconds that took."""
        began = time.perf_counter()
        look_after_indexes(self.owner_url)
        return time.perf_counter() - began

    def index_bytes(self) -> int:
        size = sa.select(sa.func.coalesce(sa.func.pg_relation_size(sa.func.to_regclass(index_name(self.model_id))), 0))
        return db.session.scalar(size)

    def recall(self, titles: Iterator[str], n: int) -> float:
        """The share of the ten true neighbours that the search finds, over some titles."""
        shares = []
        for vector in self.site.encoder.encode([next(titles) for _ in range(n)]):
            found, true = self._neighbours(vector), self._neighbours(vector, "SET LOCAL enable_indexscan = off")
            shares.append(len(found & true) / NEIGHBOURS)
        return float(np.mean(shares))

    def _neighbours(self, vector: np.ndarray, first: str = "SELECT 1") -> set[tuple[int, float]]:
        space = space_of(self.site.call)
        near = near_texts(space, vector_of(vector, space), n=NEIGHBOURS * 2, keep=is_comparable(space), least=0.0)
        db.session.execute(sa.text(first))
        rows = db.session.execute(sa.select(near).order_by(near.c.distance).limit(NEIGHBOURS)).all()
        db.session.rollback()
        return {tuple(row) for row in rows}

    def _add(self, owner: psycopg.Connection, numbers: range) -> None:
        with owner.cursor() as cursor:
            with cursor.copy(f"COPY question ({', '.join(QUESTION)}) FROM STDIN") as copy:
                for number in numbers:
                    copy.write_row(self._question(number))
            with cursor.copy(f"COPY question_vector ({', '.join(VECTOR)}) FROM STDIN") as copy:
                for number, pair in zip(numbers, self._mixtures(len(numbers)), strict=True):
                    for aspect, vector in zip(Aspect, pair, strict=True):
                        copy.write_row(self._vector(number, aspect, vector))

    def _mixtures(self, n: int) -> np.ndarray:
        """float16, shape (n, 2, width): title and text of a question have most of their mixture in common."""
        one, other = (self.sentences[self.chance.integers(len(self.sentences), size=n)] for _ in range(2))
        share = self.chance.uniform(size=(n, 1))
        mixture = share * one + (1 - share) * other
        mixture = (mixture / np.linalg.norm(mixture, axis=1, keepdims=True))[:, None]
        noise = self.chance.normal(size=(n, len(Aspect), mixture.shape[-1])) * NOISE / np.sqrt(mixture.shape[-1])
        noisy = mixture + noise
        return (noisy / np.linalg.norm(noisy, axis=2, keepdims=True)).astype(np.float16)

    def _question(self, number: int) -> tuple:
        sample, call = self.site.samples[number % len(self.site.samples)], self.site.call
        title = f"{sample.title} ({number})"
        texts = (title, sample.goal_overview, sample.significance, sample.approach)
        theme_id = call.themes[number % len(call.themes)].id
        return (
            number, call.id, theme_id, "question", number, "in_scope", "en", *texts,
            text_digest(title), fold(title), 1, call.opens_at, "", False,
        )  # fmt: skip

    def _vector(self, number: int, aspect: Aspect, vector: np.ndarray) -> tuple:
        call = self.site.call
        theme_id = call.themes[number % len(call.themes)].id
        return (number, self.model_id, aspect.value, call.id, theme_id, b"", HalfVector(vector))


if __name__ == "__main__":
    main()
