"""Long work for panels, and what the clock does."""

from solicit.clock import utcnow
from solicit.db import transaction
from solicit.embeddings.encoders import is_exported, worker_encoder
from solicit.embeddings.service import embed_texts, models_of_call
from solicit.jobs.queries import call_of_job
from solicit.jobs.tasks import long_task, queue, take_step, task
from solicit.panels.queries.profiles import texts_to_embed
from solicit.panels.service.assign import propose_assignment
from solicit.panels.service.rounds import close_due_rounds
from solicit.words import N_


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


queue.periodic(cron="* * * * *")(queue.tasks["panels.keep_dates"])


def _embed_profiles(session, round_id: int, *, call_id: int) -> None:
    """Without an exported model no question has a vector either, and what panelists say of themselves decides."""
    texts, name = texts_to_embed(session, round_id=round_id), models_of_call(session, call_id=call_id).answering
    if texts and is_exported(name):
        embed_texts(session, texts, encoder=worker_encoder(name))
