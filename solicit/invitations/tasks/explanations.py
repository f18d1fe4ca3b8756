"""Working out the reasons of selections in the background."""

from ml.decision.selection_model import SolverStopped
from solicit.calls.queries import CallFacts, call_facts
from solicit.clock import utcnow
from solicit.db import transaction
from solicit.invitations.queries.explaining import EXPLAIN
from solicit.invitations.queries.stored import StoredSelection, stored_selection
from solicit.invitations.service.selecting import reasons
from solicit.invitations.service.selecting.explain import (
    Choice,
    choice_of,
    reason_of,
    reserve_of,
    to_explain,
    worth_of_limits,
)
from solicit.invitations.service.selecting.stability import RunCells, draw_shares, runs_to_draw
from solicit.jobs.service import finish_job, report_step
from solicit.jobs.tasks import Stopped, long_task, note, take_step
from solicit.words import N_


@long_task(EXPLAIN)
def explain(job_id: int, call_slug: str, selection_id: int) -> str:
    """Work out every reason that is missing, newest selection first; what is stored is not solved again."""
    with transaction() as session:
        call = call_facts(session, slug=call_slug)
    result_path = f"/{call_slug}/organize/invite/{selection_id}"
    while number := _next_or_end(job_id, call, result_path):
        try:
            _explain_one(job_id, call, number)
        except SolverStopped:
            # Marked as complete all the same: it would stand in the way of all others.
            note(job_id, N_("The solver stopped at selection %(id)s. Its reasons stay incomplete."), id=number)
            with transaction() as session:
                reasons.keep_end(session, selection_id=number, now=utcnow())
    return result_path


def _next_or_end(job_id: int, call: CallFacts, result_path: str) -> int | None:
    """The selection to explain; where there is none the job ends here, so that nobody joins it too late."""
    with transaction() as session:
        if not report_step(session, job_id=job_id, step=0, doing=N_("Looking for the next selection")):
            raise Stopped
        number = reasons.next_unexplained(session, call_id=call.id)
        if number is None:
            finish_job(session, job_id=job_id, now=utcnow(), result_path=result_path)
        return number


def _explain_one(job_id: int, call: CallFacts, selection_id: int) -> None:
    with transaction() as session:
        stored = stored_selection(session, selection_id=selection_id)
        runs = runs_to_draw(session, call=call, run_ids=stored.pool.run_ids)
    choice = choice_of(stored)
    told = stored.explanation
    if "prices" not in told:
        take_step(job_id, 0, N_("Working out what the limits cost"))
        with transaction() as session:
            reasons.keep_worth(session, selection_id=selection_id, worth=worth_of_limits(choice))
    if "n_reserve" not in told:
        take_step(job_id, 0, N_("Putting the reserve in order"))
        with transaction() as session:
            reasons.keep_reserve(session, selection_id=selection_id, person_ids=reserve_of(choice))
    _work_out(job_id, selection_id, choice)
    if runs and not stored.n_draws:
        _draw(job_id, stored, choice, runs)
        _work_out(job_id, selection_id, choice)
    with transaction() as session:
        reasons.keep_end(session, selection_id=selection_id, now=utcnow())


def _work_out(job_id: int, selection_id: int, choice: Choice) -> None:
    """The reasons that are still missing, one person at a time."""
    with transaction() as session:
        known, asked = reasons.done_so_far(session, selection_id=selection_id)
    wanted = to_explain(choice)
    wanted += sorted(asked.difference(wanted))
    for n_done, person_id in enumerate(wanted):
        if person_id in known:
            continue
        take_step(job_id, 0, N_("Working out the reasons"), n_done, len(wanted))
        reason = reason_of(choice, person_id)
        with transaction() as session:
            reasons.keep_reason(session, selection_id=selection_id, person_id=person_id, reason=reason)


def _draw(job_id: int, stored: StoredSelection, choice: Choice, runs: dict[int, RunCells]) -> None:
    take_step(job_id, 0, N_("Drawing from the rankings"))
    shares, n_draws = draw_shares(
        choice,
        stored.pool.questions,
        runs,
        report=lambda draw, n_draws: take_step(job_id, 0, N_("Selecting in every draw"), draw, n_draws),
    )
    with transaction() as session:
        reasons.keep_shares(session, selection_id=stored.id, shares=shares, n_draws=n_draws)
