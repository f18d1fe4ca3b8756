"""Long work for rankings."""

from solicit.calls.queries import CallFacts, call_facts
from solicit.clock import utcnow
from solicit.db import transaction
from solicit.errors import Refused
from solicit.jobs.service import finish_job
from solicit.jobs.tasks import long_task, note, take_step
from solicit.rankings.queries.runs import seed_of_round
from solicit.rankings.service.again import correct, without
from solicit.rankings.service.compute import Computed, compute
from solicit.rankings.service.freeze import collect_closed, store_frozen
from solicit.rankings.service.undecided import check_evidence
from solicit.words import N_

FREEZE = "rankings.freeze"
CORRECT = "rankings.correct"
WITHOUT = "rankings.without"
N_STEPS = 3


@long_task(FREEZE)
def freeze_ranking(job_id: int, call_slug: str, round_id: int, actor_id: int) -> str:
    """Rank a closed series; a worker that takes it up again computes the same, and it is stored once."""
    take_step(job_id, 0, N_("Collecting ratings, comparisons and ballots"))
    with transaction(is_long=True) as session:
        call = call_facts(session, slug=call_slug)
        seed = seed_of_round(session, round_id=round_id)
        inputs = collect_closed(session, call=call, round_id=round_id, seed=seed)
    take_step(job_id, 1, N_("Sampling the model, then trying other weights and groups"))
    computed = compute(inputs)
    _refuse_without_evidence(job_id, inputs, computed)
    take_step(job_id, N_STEPS - 1, N_("Writing the ranking down"))
    with transaction(is_long=True) as session:
        frozen = dict(call=call, round_id=round_id, inputs=inputs, computed=computed, actor_id=actor_id)
        run_id = store_frozen(session, **frozen, now=utcnow())
        return _finish(session, job_id, call, run_id)


@long_task(CORRECT)
def correct_ranking(job_id: int, call_slug: str, round_id: int, reason: str, actor_id: int) -> str:
    take_step(job_id, 0, N_("Computing the ranking"))
    with transaction(is_long=True) as session:
        call = call_facts(session, slug=call_slug)
        run_id = correct(session, call=call, round_id=round_id, reason=reason, actor_id=actor_id, now=utcnow())
        return _finish(session, job_id, call, run_id)


@long_task(WITHOUT)
def rank_without(job_id: int, call_slug: str, round_id: int, case_ids: list[int], reason: str, actor_id: int) -> str:
    take_step(job_id, 0, N_("Computing the ranking"))
    with transaction(is_long=True) as session:
        call = call_facts(session, slug=call_slug)
        asked = dict(call=call, round_id=round_id, case_ids=case_ids, reason=reason, actor_id=actor_id)
        return _finish(session, job_id, call, without(session, **asked, now=utcnow()))


def _refuse_without_evidence(job_id: int, inputs: dict, computed: Computed) -> None:
    """Questions are named in the job's log, where people read why it ended."""
    try:
        with transaction() as session:
            check_evidence(session, inputs=inputs, computed=computed)
    except Refused as error:
        note(job_id, error.message, **error.params)
        raise Refused(N_("Questions that may be among the first have too few ratings. The log names them.")) from None


def _finish(session, job_id: int, call: CallFacts, run_id: int) -> str:
    """The job ends in the transaction that stores its result: a worker may die after it."""
    result_path = f"/{call.slug}/organize/ranking/{run_id}"
    finish_job(session, job_id=job_id, now=utcnow(), result_path=result_path)
    return result_path
