"""Proposing a selection: the checks, the long job, and storing what it found."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.queries import CallFacts
from solicit.errors import NotFound, Refused
from solicit.invitations.models import Selection, SelectionCandidate
from solicit.invitations.queries.candidates import Candidate, CandidatePool, candidate_pool
from solicit.invitations.queries.limits import Limits, Pin, limits_as_json
from solicit.invitations.service.limits import check_limits, draw_up_limits
from solicit.invitations.service.solve import Solved, n_steps
from solicit.invitations.states import Rule
from solicit.jobs.service import start_job
from solicit.words import N_

JOB_KIND = "invitations.select"


def propose_selection(
    session: Session, *, call: CallFacts, run_ids: Collection[int], limits: Limits, proposer_id: int, now: datetime
) -> int:
    """Start the long job that solves a selection; returns the job's number.

    Raises NotFound for a run of another call, Refused for limits that make no sense or a proposer who is a
    candidate, Conflict while another selection of this call is being solved.
    """
    pool = checked_pool(session, call=call, run_ids=run_ids, limits=limits, proposer_id=proposer_id)
    return start_job(
        session,
        kind=JOB_KIND,
        call_id=call.id,
        task=JOB_KIND,
        n_steps=n_steps(limits, pool),
        started_by_id=proposer_id,
        now=now,
        call_slug=call.slug,
        run_ids=sorted(run_ids),
        proposer_id=proposer_id,
        limits=limits_as_json(limits),
    )


def checked_pool(
    session: Session, *, call: CallFacts, run_ids: Collection[int], limits: Limits, proposer_id: int
) -> CandidatePool:
    """The candidates, after the checks that must hold when a selection is asked for and when it is solved."""
    pool = candidate_pool(session, call=call, run_ids=run_ids)
    if pool is None:
        raise NotFound
    if not pool.candidates:
        raise Refused(N_("Nobody can be invited yet: no author near the top is willing, and no nominee consented."))
    if proposer_id in pool.person_ids:
        raise Refused(N_("You are a candidate yourself. Another organizer must propose the selection."))
    check_limits(limits, pool)
    return pool


def store_selection(
    session: Session,
    *,
    call_id: int,
    pool: CandidatePool,
    limits: Limits,
    solved: Solved,
    proposer_id: int,
    now: datetime,
) -> int:
    """Keep a solved selection with everything needed to repeat and to explain it; returns its number."""
    limit_set_id = draw_up_limits(
        session, call_id=call_id, run_ids=pool.run_ids, limits=limits, actor_id=proposer_id, now=now
    )
    selection = _selection_row(call_id, limit_set_id, pool, solved)
    selection.proposed_at, selection.proposed_by_id = now, proposer_id
    session.add(selection)
    session.flush()
    pins = {pin.person_id: pin for pin in limits.pins}
    session.add_all(
        _candidate_row(selection.id, candidate, pins.get(candidate.person_id), solved) for candidate in pool.candidates
    )
    _record_proposal(session, call_id=call_id, selection=selection, proposer_id=proposer_id, now=now)
    return selection.id


def _selection_row(call_id: int, limit_set_id: int, pool: CandidatePool, solved: Solved) -> Selection:
    return Selection(
        call_id=call_id,
        limit_set_id=limit_set_id,
        cost_rates=pool.rates.as_json(),
        currency=pool.rates.currency,
        salt=pool.salt,
        input_digest=solved.input_digest,
        result_digest=solved.result_digest,
        versions=solved.versions,
        outcome=solved.outcome,
        is_proven=solved.is_proven,
        merit_total=solved.merit_total,
        coverage_total=solved.coverage_total,
        cost_total_cents=solved.cost_total_cents,
        explanation=solved.explanation,
    )


def _candidate_row(selection_id: int, candidate: Candidate, pin: Pin | None, solved: Solved) -> SelectionCandidate:
    return SelectionCandidate(
        selection_id=selection_id,
        person_id=candidate.person_id,
        merit=candidate.merit,
        basis=candidate.basis,
        also_ids=list(candidate.also_ids),
        attendance=candidate.attendance,
        cost_cents=candidate.cost_cents,
        country=candidate.country,
        region=candidate.region,
        institution=candidate.institution,
        career=candidate.career,
        is_young=candidate.is_young,
        gender=candidate.gender,
        topic_ids=list(candidate.topic_ids),
        question_ids=list(candidate.question_ids),
        theme_keys=list(candidate.theme_keys),
        rule=pin.rule if pin else Rule.NONE,
        rule_reason=pin.reason if pin else "",
        is_chosen=candidate.person_id in solved.chosen,
        why=solved.why.get(candidate.person_id, {}),
    )


def _record_proposal(session: Session, *, call_id: int, selection: Selection, proposer_id: int, now: datetime) -> None:
    record(
        session,
        act="propose",
        subject="selection",
        subject_id=selection.id,
        call_id=call_id,
        actor_id=proposer_id,
        now=now,
        limit_set_id=selection.limit_set_id,
        outcome=selection.outcome.value,
        input_digest=selection.input_digest.hex(),
    )
