"""Long work for rankings."""

from solicit.calls.queries import call_facts
from solicit.clock import utcnow
from solicit.db import transaction
from solicit.jobs.service import finish_job
from solicit.jobs.tasks import long_task, take_step
from solicit.rankings.queries import seed_of_round
from solicit.rankings.service import freeze
from solicit.words import N_


@long_task("rankings.freeze")
def freeze_ranking(job_id: int, call_slug: str, round_id: int, actor_id: int) -> str:
    take_step(job_id, 0, N_("Computing the ranking"))
    with transaction(is_long=True) as session:
        call = call_facts(session, slug=call_slug)
        seed = seed_of_round(session, round_id=round_id)
        run_id = freeze(session, call=call, round_id=round_id, seed=seed, actor_id=actor_id, now=utcnow())
        result_path = f"/{call_slug}/organize/ranking/{run_id}"
        finish_job(session, job_id=job_id, now=utcnow(), result_path=result_path)
    return result_path
