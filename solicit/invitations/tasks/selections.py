"""Solving and explaining selections in the background."""

from ml.decision.selection_model import SolverStopped
from solicit.calls.queries import CallFacts, call_facts
from solicit.clock import utcnow
from solicit.db import transaction
from solicit.errors import Refused
from solicit.invitations.service.selecting.case import Case, Wanted, case_of
from solicit.invitations.service.selecting.problem import Posed, pose
from solicit.invitations.service.selecting.propose import SELECT, wanted_from_json
from solicit.invitations.service.selecting.reasons import start_explaining
from solicit.invitations.service.selecting.solve import Solved, solve
from solicit.invitations.service.selecting.store import store_selection
from solicit.jobs.service import finish_job, report_step
from solicit.jobs.tasks import Stopped, long_task, take_step
from solicit.words import N_


@long_task(SELECT)
def select(job_id: int, call_slug: str, proposer_id: int | None, wanted: dict) -> str:
    """Choose among the candidates; the choice is stored at once, its reasons are worked out afterwards."""
    asked = wanted_from_json(wanted)
    while True:
        with transaction() as session:
            call = call_facts(session, slug=call_slug)
            case = case_of(session, call=call, wanted=asked, proposer_id=proposer_id)
        posed = pose(case.pool, case.limits, kept=case.kept)
        take_step(job_id, 0, N_("Looking for the best selection"))
        solved = _solve(posed)
        if result_path := _store(job_id, call, asked, case, posed, solved, proposer_id):
            return result_path


def _solve(posed: Posed) -> Solved:
    try:
        return solve(posed)
    except SolverStopped:
        raise Refused(N_("The search ended without an answer. Change the limits and try again.")) from None


def _store(
    job_id: int, call: CallFacts, wanted: Wanted, case: Case, posed: Posed, solved: Solved, proposer_id: int | None
) -> str:
    """Keep the result and end the job; nothing where people answered meanwhile and it must be solved anew."""
    with transaction() as session:
        # The job is locked first: an answer that comes now waits, and then starts another one.
        if not report_step(session, job_id=job_id, step=0, doing=N_("Storing the selection")):
            raise Stopped
        if wanted.replaces_id:
            newest = case_of(session, call=call, wanted=wanted, proposer_id=proposer_id)
            if pose(newest.pool, newest.limits, kept=newest.kept).input_digest != posed.input_digest:
                return ""
        now = utcnow()
        selection_id = store_selection(
            session,
            call_id=call.id,
            case=case,
            input_digest=posed.input_digest,
            solved=solved,
            proposer_id=proposer_id,
            now=now,
        )
        result_path = f"/{call.slug}/organize/invite/{selection_id}"
        finish_job(session, job_id=job_id, now=now, result_path=result_path)
        if solved.chosen:
            start_explaining(session, call=call, selection_id=selection_id, actor_id=proposer_id, now=now)
    return result_path
