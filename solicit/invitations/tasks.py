"""Solving a selection in the background."""

from ml.decision.selection_model import SolverStopped
from solicit.calls.queries import call_facts
from solicit.clock import utcnow
from solicit.db import transaction
from solicit.errors import DomainError
from solicit.invitations.queries.limits import Limits, limits_from_json
from solicit.invitations.service.propose import JOB_KIND, checked_pool, store_selection
from solicit.invitations.service.solve import solve
from solicit.jobs import service as jobs
from solicit.jobs.tasks import task


class Stopped(Exception):
    """A person stopped the job."""


@task(JOB_KIND)
def select(job_id: int, call_slug: str, run_id: int, proposer_id: int, limits: dict) -> None:
    wanted = limits_from_json(limits)
    with transaction() as session:
        if not jobs.begin_job(session, job_id=job_id, now=utcnow()):
            return
    try:
        _select(job_id, call_slug, run_id, proposer_id, wanted)
    except Stopped:
        return
    except (DomainError, SolverStopped) as error:
        with transaction() as session:
            jobs.finish_job(session, job_id=job_id, now=utcnow(), problem=str(error))


def _select(job_id: int, call_slug: str, run_id: int, proposer_id: int, limits: Limits) -> None:
    with transaction() as session:
        call = call_facts(session, slug=call_slug)
        pool = checked_pool(session, call=call, run_id=run_id, limits=limits, proposer_id=proposer_id)
    solved = solve(pool, limits, report=lambda step, doing: _report(job_id, step, doing))
    with transaction() as session:
        selection_id = store_selection(
            session,
            call_id=call.id,
            pool=pool,
            limits=limits,
            solved=solved,
            proposer_id=proposer_id,
            now=utcnow(),
        )
        path = f"/{call_slug}/organize/invite/{selection_id}"
        jobs.finish_job(session, job_id=job_id, now=utcnow(), result_path=path)


def _report(job_id: int, step: int, doing: str) -> None:
    with transaction() as session:
        if not jobs.report_step(session, job_id=job_id, step=step, doing=doing):
            raise Stopped
