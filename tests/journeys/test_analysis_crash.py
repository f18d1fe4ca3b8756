"""kill -9 of the worker in the steps of a full analysis: it goes on, does nothing twice, and finds the same."""

import time
from dataclasses import dataclass, field
from subprocess import Popen

import pytest
import sqlalchemy as sa
from flask import current_app

from solicit.calls.queries import CallFacts
from solicit.clock import utcnow
from solicit.db import transaction
from solicit.demo import arrivals
from solicit.demo.content import sample_people
from solicit.demo.many import load_generated
from solicit.topics.commands.analyse import ANALYSES

N_QUESTIONS = 100
PATIENCE = 300
LOOK_EVERY = 0.005
RUNNING = "SELECT step FROM job WHERE id = :id AND state = 'running' AND started_at IS NOT NULL"
STATE = "SELECT state, problem FROM job WHERE id = :id"

# Everything that an analysis leaves, by the numbers of questions, which are the same on both sites.
RESULTS = {
    "vectors": "SELECT question_id, aspect, digest, vector::text FROM question_vector",
    "texts": "SELECT digest, model_id FROM text_vector",
    "pairs": "SELECT left_id, right_id, method, is_audit, round(cosine::numeric, 6), round(probability::numeric, 6)"
    " FROM duplicate_pair",
    "groups": "SELECT question_id, canonical_id FROM duplicate_group",
    "topics": "SELECT (SELECT array_agg(question_id ORDER BY question_id) FROM topic_member WHERE topic_id = topic.id),"
    " terms FROM topic WHERE retired_at IS NULL",
    "proposals": "SELECT array_agg(question_id ORDER BY question_id) FROM proposed_member GROUP BY proposed_topic_id",
    "runs": "SELECT seed, state, n_questions, input_digest FROM topic_run",
    "maps": "SELECT seed, n_questions FROM map_layout",
    "points": "SELECT question_id, round(x::numeric, 6), round(y::numeric, 6) FROM map_point",
    "suspicions": "SELECT question_id, kind FROM suspicion",
    "notes": "SELECT kind, text, params::text FROM job_note JOIN job ON job.id = job_id",
}


@dataclass
class Killer:
    """Kills the worker in steps of jobs that it sees: once in each of them, and ``most`` times in a job."""

    most: int
    kills: set[tuple[str, int]] = field(default_factory=set)

    def wants(self, kind: str, step: int | None) -> bool:
        in_this_job = sum(killed == kind for killed, _ in self.kills)
        if step is None or (kind, step) in self.kills or in_this_job >= self.most:
            return False
        self.kills.add((kind, step))
        return True


@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("kills_per_job", [1, pytest.param(1_000, marks=pytest.mark.full)])
def test_killed_analysis_finds_what_an_undisturbed_one_finds(
    kills_per_job, make_site, in_site, exported_model, monkeypatch
):
    monkeypatch.setattr("secrets.randbits", lambda bits: 7)
    plain, killed = make_site(model=exported_model), make_site(model=exported_model)
    expected, _ = _analyse(plain, in_site, Killer(most=0))
    found, kills = _analyse(killed, in_site, Killer(most=kills_per_job))
    assert {kind for kind, _ in kills} == {analysis.kind for analysis in ANALYSES}
    for name, rows in expected.items():
        assert found[name] == rows, name
    for name, rows in found.items():
        assert len({repr(row) for row in rows}) == len(rows), name
    assert found["vectors"] and found["pairs"] and found["runs"] and found["points"]


def _analyse(site, in_site, killer: Killer) -> tuple[dict[str, list], set[tuple[str, int]]]:
    with in_site(site) as session:
        call = load_questions(session)
        worker = site.start_worker(until_idle=False)
        for analysis in ANALYSES:
            with transaction():
                own = dict(call_id=call.id, started_by_id=None, result_path="")
                job_id = analysis.start(session, now=utcnow(), **own)
            worker = _work(site, session, analysis.kind, job_id, killer, worker)
        rows = {name: sorted(map(repr, session.execute(sa.text(query)))) for name, query in RESULTS.items()}
        session.rollback()
    site.kill()
    return rows, killer.kills


def load_questions(session) -> CallFacts:
    credentials, now = current_app.extensions["credentials"], utcnow()
    with transaction():
        organizers = sample_people().organizers[:1]
        ids = arrivals.create_people(session, people=organizers, credentials=credentials, now=now)
        call = arrivals.create_call(session, organizer_ids=ids.values(), now=now)
    load_generated(N_QUESTIONS, credentials=credentials, now=now, report=lambda n: None)
    with transaction():  # nobody needs the small jobs: the analysis does their work
        session.execute(sa.text("DELETE FROM procrastinate_jobs WHERE task_name = 'mail.send'"))
        session.execute(sa.text("DELETE FROM procrastinate_jobs WHERE task_name = 'questions.embed'"))
    return call


def _work(site, session, kind: str, job_id: int, killer: Killer, worker: Popen) -> Popen:
    """Let the worker do a job; a killed one is followed by the next, and the last one goes on to the next job."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        step = session.scalar(sa.text(RUNNING), {"id": job_id})
        state, problem = session.execute(sa.text(STATE), {"id": job_id}).one()
        session.rollback()
        assert not problem, problem
        if state == "done":
            return worker
        if killer.wants(kind, step) or worker.poll() is not None:
            site.kill()
            site.rescue()
            worker = site.start_worker(until_idle=False)
        time.sleep(LOOK_EVERY)
    raise AssertionError(f"{kind} was not done within {PATIENCE} s")
