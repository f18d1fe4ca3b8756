"""Long work for panels."""

from contextlib import suppress

from solicit.clock import utcnow
from solicit.db import transaction
from solicit.embeddings.encoders import is_exported, worker_encoder
from solicit.embeddings.service import embed_texts, models_of_call
from solicit.errors import Closed
from solicit.jobs.queries import call_of_job
from solicit.jobs.service import finish_job
from solicit.jobs.tasks import long_task, note, queue, take_step, task
from solicit.panels.queries.problem import keyword_texts
from solicit.panels.queries.signs import calls_with_panelists
from solicit.panels.service import conflicts, seats
from solicit.panels.service.assign import assign_questions
from solicit.panels.service.health import AT_CLOSE, measure_health
from solicit.words import N_

HEALTH = "panels.health"


@long_task("panels.assign")
def assign(job_id: int, round_id: int, accept_fewer: bool, actor_id: int, result_path: str) -> str:
    take_step(job_id, 0, N_("Comparing what panelists know with the questions"))
    with transaction(is_long=True) as session:
        _embed_keywords(session, round_id, call_id=call_of_job(session, job_id=job_id))
    take_step(job_id, 1, N_("Finding the assignment"))
    with transaction(is_long=True) as session:
        assign_questions(session, round_id=round_id, accept_fewer=accept_fewer, actor_id=actor_id, now=utcnow())
    return result_path


@long_task("panels.find_conflicts")
def find_conflicts(job_id: int, result_path: str) -> str:
    take_step(job_id, 0, N_("Reading who wrote what"))
    with transaction(is_long=True) as session:
        call_id = call_of_job(session, job_id=job_id)
        conflicts.confirm_own_conflicts(session, call_id=call_id, now=utcnow())
    take_step(job_id, 1, N_("Looking for signs"))
    with transaction(is_long=True) as session:
        n_new = conflicts.suspect_conflicts(session, call_id=call_id, now=utcnow())
    note(job_id, N_("New suspicions: %(n)s"), n=n_new)
    return result_path


@task("panels.watch")
def watch(timestamp: int) -> None:
    """Find what new questions, co-authors, addresses and affiliations say of conflicts, and end old offers of seats."""
    with transaction() as session:
        seats.expire_offers(session, now=utcnow())
        call_ids = calls_with_panelists(session)
    for call_id in call_ids:
        with transaction(is_long=True) as session:
            conflicts.find_conflicts(session, call_id=call_id, now=utcnow())


def _embed_keywords(session, round_id: int, *, call_id: int) -> None:
    """Without an exported model no question has a vector either, and themes alone decide."""
    texts, name = keyword_texts(session, round_id=round_id), models_of_call(session, call_id=call_id).answering
    if texts and is_exported(name):
        embed_texts(session, texts, encoder=worker_encoder(name))


@task(AT_CLOSE)
def measure_at_close(round_id: int) -> None:
    """Measure the health of a round that closed, unless it is open again."""
    with transaction(is_long=True) as session, suppress(Closed):
        measure_health(session, round_id=round_id, actor_id=None, now=utcnow())


@long_task(HEALTH)
def measure_again(job_id: int, round_id: int, actor_id: int, result_path: str) -> str:
    take_step(job_id, 0, N_("Comparing the panelists' ratings"))
    with transaction(is_long=True) as session:
        measure_health(session, round_id=round_id, actor_id=actor_id, now=utcnow())
        finish_job(session, job_id=job_id, now=utcnow(), result_path=result_path)
    return result_path


queue.periodic(cron="*/10 * * * *")(queue.tasks["panels.watch"])
