"""Long work for panels, and what the clock does."""

import logging

from solicit.clock import utcnow
from solicit.db import transaction
from solicit.embeddings.encoders import is_exported, worker_encoder
from solicit.embeddings.service import embed_texts, models_of_call
from solicit.errors import DomainError
from solicit.jobs.queries import call_of_job
from solicit.jobs.tasks import long_task, queue, take_step, task
from solicit.panels.queries.profiles import texts_to_embed
from solicit.panels.service.assign import next_batch, open_staged_rounds, propose_assignment
from solicit.panels.service.rounds import close_due_rounds
from solicit.words import N_

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


queue.periodic(cron="* * * * *")(queue.tasks["panels.keep_dates"])
queue.periodic(cron="*/5 * * * *")(queue.tasks["panels.next_batches"])


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
