"""Solving a selection in the background."""

from ml.decision.selection_model import SolverStopped
from solicit.calls.queries import call_facts
from solicit.clock import utcnow
from solicit.db import transaction
from solicit.errors import Refused
from solicit.invitations.queries.candidates import CandidatePool
from solicit.invitations.queries.limits import Limits, limits_from_json
from solicit.invitations.service.propose import JOB_KIND, checked_pool, store_selection
from solicit.invitations.service.solve import Solved, solve
from solicit.jobs.service import finish_job
from solicit.jobs.tasks import long_task, take_step
from solicit.words import N_


@long_task(JOB_KIND)
def select(job_id: int, call_slug: str, run_ids: list[int], proposer_id: int, limits: dict) -> str:
    """Choose among the candidates of a ranking, and explain the choice."""
    wanted = limits_from_json(limits)
    with transaction() as session:
        call = call_facts(session, slug=call_slug)
        pool = checked_pool(session, call=call, run_ids=run_ids, limits=wanted, proposer_id=proposer_id)
    solved = _solve(job_id, pool, wanted)
    with transaction() as session:
        selection_id = store_selection(
            session,
            call_id=call.id,
            pool=pool,
            limits=wanted,
            solved=solved,
            proposer_id=proposer_id,
            now=utcnow(),
        )
        result_path = f"/{call_slug}/organize/invite/{selection_id}"
        finish_job(session, job_id=job_id, now=utcnow(), result_path=result_path)
    return result_path


def _solve(job_id: int, pool: CandidatePool, limits: Limits) -> Solved:
    try:
        return solve(pool, limits, report=lambda step, doing: take_step(job_id, step - 1, doing))
    except SolverStopped:
        raise Refused(N_("The search ended without an answer. Change the limits and try again.")) from None
