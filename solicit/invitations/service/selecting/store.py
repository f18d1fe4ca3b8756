"""Keeping a solved selection with everything needed to repeat and to explain it."""

from datetime import datetime

from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.invitations.models import Selection, SelectionCandidate
from solicit.invitations.queries.candidates import Candidate
from solicit.invitations.queries.limits import Pin
from solicit.invitations.service.selecting.case import Case
from solicit.invitations.service.selecting.solve import Solved
from solicit.invitations.states import Rule


def store_selection(
    session: Session,
    *,
    call_id: int,
    case: Case,
    input_digest: bytes,
    solved: Solved,
    proposer_id: int | None,
    now: datetime,
) -> int:
    """Keep a solved selection; returns its number."""
    selection = _selection_row(call_id, case, solved)
    selection.input_digest = input_digest
    selection.proposed_at, selection.proposed_by_id = now, proposer_id
    # A clash explains itself, and so does an empty room.
    selection.explained_at = None if solved.chosen else now
    session.add(selection)
    session.flush()
    pins = {pin.person_id: pin for pin in case.limits.pins}
    session.add_all(
        _candidate_row(selection.id, candidate, pins.get(candidate.person_id), case, solved)
        for candidate in case.pool.candidates
    )
    _record_proposal(session, selection=selection, proposer_id=proposer_id, now=now)
    return selection.id


def _selection_row(call_id: int, case: Case, solved: Solved) -> Selection:
    return Selection(
        call_id=call_id,
        limit_set_id=case.wanted.limit_set_id,
        purpose=case.wanted.purpose,
        replaces_id=case.wanted.replaces_id,
        name=case.wanted.name,
        cost_rates=case.pool.rates.as_json(),
        currency=case.pool.rates.currency,
        questions=sorted([question.id, question.run_id, question.value] for question in case.pool.questions),
        salt=case.pool.salt,
        result_digest=solved.result_digest,
        versions=solved.versions,
        outcome=solved.outcome,
        is_proven=solved.is_proven,
        gap=solved.gap,
        merit_total=solved.merit_total,
        coverage_total=solved.coverage_total,
        cost_total_cents=solved.cost_total_cents,
        explanation=solved.explanation,
    )


def _candidate_row(
    selection_id: int, candidate: Candidate, pin: Pin | None, case: Case, solved: Solved
) -> SelectionCandidate:
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
        n_authors=list(candidate.n_authors),
        theme_keys=list(candidate.theme_keys),
        rule=pin.rule if pin else Rule.NONE,
        rule_reason=pin.reason if pin else "",
        is_kept=candidate.person_id in case.kept,
        is_chosen=candidate.person_id in solved.chosen,
    )


def _record_proposal(session: Session, *, selection: Selection, proposer_id: int | None, now: datetime) -> None:
    record(
        session,
        act="propose",
        subject="selection",
        subject_id=selection.id,
        call_id=selection.call_id,
        actor_id=proposer_id,
        now=now,
        limit_set_id=selection.limit_set_id,
        purpose=selection.purpose.value,
        outcome=selection.outcome.value,
        input_digest=selection.input_digest.hex(),
    )
