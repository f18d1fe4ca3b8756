"""A saved selection as it was posed: its candidates and rules as they were seen then, to repeat or explain it."""

from collections.abc import Collection
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.invitations.models import Selection, SelectionCandidate
from solicit.invitations.queries.candidates import Candidate, CandidatePool, RankedQuestion
from solicit.invitations.queries.costs import CostRates
from solicit.invitations.queries.limit_sets import limits_of, runs_of
from solicit.invitations.queries.limits import Limits, Pin
from solicit.invitations.states import Outcome, Rule
from solicit.rankings.models import RankingRun


@dataclass(frozen=True, eq=False)
class StoredSelection:
    """What a selection was solved from, and what came out."""

    id: int
    pool: CandidatePool
    limits: Limits
    kept: frozenset[int]
    chosen: frozenset[int]
    outcome: Outcome
    is_proven: bool
    gap: float
    input_digest: bytes
    result_digest: bytes | None
    explanation: dict
    n_draws: int


def stored_selection(session: Session, *, selection_id: int) -> StoredSelection:
    """A selection with what it saw; six statements."""
    selection = session.get_one(Selection, selection_id, populate_existing=True)
    rows = _rows(session, selection_id)
    run_ids = runs_of(session, limit_set_id=selection.limit_set_id)
    limits = limits_of(session, limit_set_id=selection.limit_set_id)
    pins = tuple(Pin(row.person_id, row.rule, row.rule_reason) for row in rows if row.rule is not Rule.NONE)
    return StoredSelection(
        id=selection.id,
        pool=_pool(session, selection, run_ids, rows),
        limits=replace(limits, pins=pins),
        kept=frozenset(row.person_id for row in rows if row.is_kept),
        chosen=frozenset(row.person_id for row in rows if row.is_chosen),
        outcome=selection.outcome,
        is_proven=selection.is_proven,
        gap=selection.gap,
        input_digest=selection.input_digest,
        result_digest=selection.result_digest,
        explanation=selection.explanation,
        n_draws=selection.n_draws,
    )


def stored_candidates_of(session: Session, *, selection_id: int, person_ids: Collection[int]) -> tuple[Candidate, ...]:
    """Some candidates as a selection saw them; one statement."""
    return tuple(_candidate(row) for row in _rows(session, selection_id) if row.person_id in person_ids)


def _rows(session: Session, selection_id: int) -> list[SelectionCandidate]:
    of_selection = sa.select(SelectionCandidate).where(SelectionCandidate.selection_id == selection_id)
    return list(session.scalars(of_selection.order_by(SelectionCandidate.person_id)))


def _pool(
    session: Session, selection: Selection, run_ids: tuple[int, ...], rows: list[SelectionCandidate]
) -> CandidatePool:
    digests = sa.select(RankingRun.result_digest).where(RankingRun.id.in_(run_ids)).order_by(RankingRun.id)
    rates = selection.cost_rates
    return CandidatePool(
        run_ids=run_ids,
        salt=selection.salt,
        result_digests=tuple(session.scalars(digests)),
        rates=CostRates(**rates | {"bands": tuple(rates["bands"])}),
        questions=_questions(selection),
        candidates=tuple(map(_candidate, rows)),
    )


def _questions(selection: Selection) -> tuple[RankedQuestion, ...]:
    """The questions that counted, with the values they had."""
    return tuple(
        RankedQuestion(
            id=number, label="", run_id=run_id, theme_key="", topic_id=None, p_top_k=value / 100, value=value
        )
        for number, run_id, value in selection.questions
    )


def _candidate(row: SelectionCandidate) -> Candidate:
    return Candidate(
        person_id=row.person_id,
        name="",
        merit=row.merit,
        basis=row.basis,
        cost_cents=row.cost_cents,
        country=row.country,
        region=row.region,
        career=row.career,
        theme_keys=tuple(row.theme_keys),
        question_ids=tuple(row.question_ids),
        topic_ids=tuple(row.topic_ids),
        institution=row.institution,
        attendance=row.attendance,
        is_young=row.is_young,
        gender=row.gender,
        also_ids=tuple(row.also_ids),
        n_authors=tuple(row.n_authors),
    )
