"""Long work for panels, and what the clock does."""

import logging
from contextlib import suppress

from solicit.clock import utcnow
from solicit.db import transaction
from solicit.embeddings.encoders import is_exported, worker_encoder
from solicit.embeddings.service import embed_texts, models_of_call
from solicit.errors import Closed, DomainError
from solicit.jobs.queries import call_of_job
from solicit.jobs.service import finish_job
from solicit.jobs.tasks import long_task, note, queue, take_step, task
from solicit.panels.queries.profiles import texts_to_embed
from solicit.panels.queries.signs import calls_with_panelists
from solicit.panels.service import conflicts, seats
from solicit.panels.service.assign import next_batch, open_staged_rounds, propose_assignment
from solicit.panels.service.health import AT_CLOSE, measure_health
from solicit.panels.service.reminders import remind_panelists
from solicit.panels.service.rounds import close_due_rounds
from solicit.words import N_

HEALTH = "panels.health"

log = logging.getLogger(__name__)


@long_task("panels.propose")
def propose(job_id: int, round_id: int, actor_id: int, result_path: str) -> str:
    take_step(job_id, 0, N_("Comparing what panelists know with the questions"))
    with transaction(is_long=True) as session:
        _embed_profiles(session, round_id, call_id=call_of_job(session, job_id=job_id))
    take_step(job_id, 1, N_("Finding the assignment"))
    with transaction(is_long=True) as session:
        propose_assignment(session, round_id=round_id, actor_id=actor_id, now=utcnow())
    return result_path


@task("panels.keep_dates")
def keep_dates(timestamp: int) -> None:
    """Close the rounds whose date has passed."""
    with transaction() as session:
        close_due_rounds(session, now=utcnow())


@task("panels.next_batches")
def next_batches(timestamp: int) -> None:
    """Compute and deploy the batches of staged rounds that are due; each stands or falls alone."""
    with transaction() as session:
        round_ids = open_staged_rounds(session)
    for round_id in round_ids:
        _next_batch(round_id)


@task("panels.go_on", retry=False)
def go_on(round_id: int, actor_id: int) -> None:
    _next_batch(round_id, go_on=True, actor_id=actor_id)


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


def _next_batch(round_id: int, **values) -> None:
    try:
        with transaction(is_long=True) as session:
            next_batch(session, round_id=round_id, now=utcnow(), **values)
    except DomainError as error:
        log.info("Round %s has no next batch now: %s", round_id, error)


def _embed_profiles(session, round_id: int, *, call_id: int) -> None:
    """Without an exported model no question has a vector either, and what panelists say of themselves decides."""
    texts, name = texts_to_embed(session, round_id=round_id), models_of_call(session, call_id=call_id).answering
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


@task("panels.remind")
def remind(timestamp: int) -> None:
    with transaction() as session:
        remind_panelists(session, now=utcnow())


queue.periodic(cron="*/10 * * * *")(queue.tasks["panels.watch"])
queue.periodic(cron="* * * * *")(queue.tasks["panels.keep_dates"])
queue.periodic(cron="*/5 * * * *")(queue.tasks["panels.next_batches"])
queue.periodic(cron="37 * * * *")(queue.tasks["panels.remind"])
