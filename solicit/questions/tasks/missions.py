"""Suggesting missions for the questions of a call."""

from solicit.clock import utcnow
from solicit.db import transaction
from solicit.jobs.queries import progress_of_job
from solicit.jobs.tasks import long_task, take_step
from solicit.questions.service import missions
from solicit.questions.tasks.embedding import encoder_of_call
from solicit.words import N_


@long_task(missions.SUGGEST)
def suggest_missions(job_id: int, result_path: str) -> str:
    """Suggest missions for every question in scope, part by part; a job taken up again goes on with its part."""
    with transaction() as session:
        reached = progress_of_job(session, job_id=job_id)
        ids = missions.questions_to_link(session, call_id=reached.call_id)
    encoder = encoder_of_call(reached.call_id)
    parts = [ids[start : start + missions.PER_STEP] for start in range(0, len(ids), missions.PER_STEP)]
    for step, part in enumerate(parts):
        if step >= reached.step:
            take_step(job_id, step, N_("Comparing the questions with the missions"))
            with transaction() as session:
                missions.suggest_missions(
                    session, call_id=reached.call_id, question_ids=part, encoder=encoder, now=utcnow()
                )
    return result_path
