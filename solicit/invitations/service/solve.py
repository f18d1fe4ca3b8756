"""Solving a selection and working out its reasons: values in, values out, no database."""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ml.decision.selection import PROVEN, Selection, best_value, select_candidates
from ml.decision.selection_model import InfeasibleSelection
from ml.decision.selection_problem import Quota, SelectionProblem, value_total
from ml.decision.selection_reasons import ALWAYS, NEVER, Explanation, cheapest_repair, quota_prices, smallest_conflict
from ml.decision.selection_reasons import why as reasons_for
from solicit.invitations.queries.candidates import Candidate, CandidatePool
from solicit.invitations.queries.limits import Limits, QuotaLimit, group_values, limits_as_json
from solicit.invitations.queries.words import IN_PERSON, ONLINE
from solicit.invitations.states import Attendance, Outcome, QuotaField, Rule
from solicit.provenance import digest, versions
from solicit.words import N_

# How many of the best that were left out are given an exact reason.
LEFT_OUT_EXPLAINED = 15
MORE_MONEY_PERCENT = 10

Report = Callable[[int, str], None]


@dataclass(frozen=True)
class Solved:
    """A selection with its proof and reasons; persons are named by their ids."""

    outcome: Outcome
    is_proven: bool
    chosen: frozenset[int]
    merit_total: int
    coverage_total: int
    cost_total_cents: int
    explanation: dict
    why: dict[int, dict]
    input_digest: bytes
    versions: dict

    @property
    def result_digest(self) -> bytes:
        """SHA-256 over who is chosen and what that is worth."""
        totals = [self.merit_total, self.coverage_total, self.cost_total_cents]
        return digest([self.outcome.value, sorted(self.chosen), totals])


def n_steps(limits: Limits, pool: CandidatePool) -> int:
    """The most steps that ``solve`` reports."""
    return 3 + min(limits.places, len(pool.candidates)) + LEFT_OUT_EXPLAINED


def solve(pool: CandidatePool, limits: Limits, *, report: Report) -> Solved:
    """The best selection from a pool under limits; the same for any order of the candidates.

    ``report(step, doing)`` is called before each piece of work and may raise to stop it.
    """
    candidates = in_tie_order(pool)
    problem = selection_problem(candidates, pool, limits)
    seen = input_digest(candidates, pool, limits)
    report(1, N_("Looking for the best selection"))
    try:
        selection = select_candidates(problem)
    except InfeasibleSelection:
        report(2, N_("Looking for the limits that clash"))
        return _clash(problem, seen)
    return _explained(candidates, problem, selection, seen, report)


def in_tie_order(pool: CandidatePool) -> tuple[Candidate, ...]:
    """Candidates by the salted hash of their number: chance decides ties, and nobody can choose it."""
    return tuple(sorted(pool.candidates, key=lambda candidate: _salted(pool.salt, candidate.person_id)))


def selection_problem(candidates: tuple[Candidate, ...], pool: CandidatePool, limits: Limits) -> SelectionProblem:
    """The problem in numbers; a candidate's place in ``candidates`` is the tie rank."""
    covered = sorted((question for question in pool.questions if question.value), key=lambda question: question.id)
    always, never = limits.pinned(Rule.ALWAYS), limits.pinned(Rule.NEVER)
    return SelectionProblem(
        merit=_integers(candidate.merit for candidate in candidates),
        cost_cents=_integers(candidate.cost_cents for candidate in candidates),
        seats=limits.places,
        budget_cents=limits.budget_cents,
        quotas=tuple(
            Quota(quota.name, _flags(map(quota.counts, candidates)), quota.minimum, quota.maximum, quota.price)
            for quota in every_quota(candidates, pool, limits)
        )
        + _attendance_quotas(candidates, limits),
        coverage_value=_integers(question.value for question in covered),
        covers=np.array(
            [[question.id in candidate.question_ids for question in covered] for candidate in candidates], dtype=bool
        ).reshape(len(candidates), len(covered)),
        always=_flags(candidate.person_id in always for candidate in candidates),
        never=_flags(
            candidate.person_id in never or not (limits.online_places or candidate.attendance is Attendance.IN_PERSON)
            for candidate in candidates
        ),
        tie_rank=np.arange(len(candidates), dtype=np.int64),
    )


def every_quota(candidates: tuple[Candidate, ...], pool: CandidatePool, limits: Limits) -> tuple[QuotaLimit, ...]:
    """The quotas of the limits, and one for each group that a cap could hold back, by name."""
    host = pool.rates.host_country
    caps = [
        (QuotaField.COUNTRY, limits.country_cap, lambda country: country != host or limits.host_cap is None),
        (QuotaField.COUNTRY, limits.host_cap, lambda country: country == host),
        (QuotaField.INSTITUTION, limits.institution_cap, lambda institution: True),
    ]
    found = list(limits.quotas)
    for field, cap, is_meant in caps:
        counted = Counter(value for candidate in candidates for value in group_values(field, candidate))
        found += [
            QuotaLimit(field, value, 0, cap, is_cap=True)
            for value, n in counted.items()
            if cap is not None and n > cap and is_meant(value)
        ]
    return tuple(sorted(found, key=lambda quota: quota.name))


def _attendance_quotas(candidates: tuple[Candidate, ...], limits: Limits) -> tuple[Quota, ...]:
    """The seats in the room and the places online, where there are both."""
    if not limits.online_places:
        return ()
    in_room = _flags(candidate.attendance is Attendance.IN_PERSON for candidate in candidates)
    return (
        Quota(IN_PERSON, in_room, 0, limits.seats),
        Quota(ONLINE, ~in_room, 0, limits.online_places),
    )


def input_digest(candidates: tuple[Candidate, ...], pool: CandidatePool, limits: Limits) -> bytes:
    """SHA-256 over everything that decides the result, without names."""
    described = limits_as_json(limits)
    described["quotas"].sort(key=lambda quota: (quota["field"], quota["value"]))
    described["pins"].sort(key=lambda pin: pin["person_id"])
    rows = [
        [c.person_id, c.merit, c.cost_cents, c.attendance.value, list(c.question_ids)]
        + [list(group_values(field, c)) for field in QuotaField]
        for c in candidates
    ]
    values = sorted([question.id, question.value] for question in pool.questions)
    results = [result.hex() for result in pool.result_digests]
    everything = [pool.salt, results, described, rows, values]
    return digest(everything)


def _explained(
    candidates: tuple[Candidate, ...],
    problem: SelectionProblem,
    selection: Selection,
    seen: bytes,
    report: Report,
) -> Solved:
    report(2, N_("Working out what the limits cost"))
    explanation = _prices(problem, selection)
    why = {}
    for step, place in enumerate(_to_explain(problem, selection), 3):
        report(step, N_("Working out the reasons"))
        reason = reasons_for(problem, selection, place)
        explanation["binding"] = [name for name in reason.binding if name not in (ALWAYS, NEVER)]
        why[candidates[place].person_id] = _why(reason, candidates)
    return Solved(
        outcome=Outcome.OPTIMAL if selection.status == PROVEN else Outcome.NODE_LIMIT,
        is_proven=selection.proven_optimal,
        chosen=frozenset(candidates[place].person_id for place in np.flatnonzero(selection.chosen)),
        merit_total=selection.merit_total,
        coverage_total=selection.coverage_total,
        cost_total_cents=selection.cost_total_cents,
        explanation=explanation,
        why=why,
        input_digest=seen,
        versions=versions(),
    )


def _to_explain(problem: SelectionProblem, selection: Selection) -> list[int]:
    """Everybody chosen, and the best of those left out; ties in the order of the hash."""
    left_out = np.flatnonzero(~selection.chosen)
    best = left_out[np.lexsort((left_out, -problem.merit[left_out]))][:LEFT_OUT_EXPLAINED]
    return [int(place) for place in (*np.flatnonzero(selection.chosen), *best)]


def _prices(problem: SelectionProblem, selection: Selection) -> dict:
    """What the result is worth, and what each limit costs it."""
    value = value_total(problem, selection.chosen)
    quotas = frozenset(quota.name for quota in problem.quotas)
    one_more = replace(problem, seats=problem.seats + 1)
    more_money = problem.budget_cents * MORE_MONEY_PERCENT // 100
    richer = replace(problem, budget_cents=problem.budget_cents + more_money)
    return {
        "value": value,
        "value_without_quotas": best_value(problem, dropped=quotas).value,
        "one_more_seat": best_value(one_more).value - value,
        "more_money_cents": more_money,
        "more_money": best_value(richer).value - value,
        "shortfall": {
            quota.name: missing
            for quota, missing in zip(problem.quotas, selection.quota_shortfall, strict=True)
            if missing
        },
        "quotas": [
            {"name": price.name, "gained": price.value_gained, "saved": price.breach_saved}
            for price in quota_prices(problem, selection)
        ],
        "binding": [],
    }


def _why(reason: Explanation, candidates: tuple[Candidate, ...]) -> dict:
    return {
        "price": reason.price,
        "extra_breach": reason.extra_breach,
        "leaves": [candidates[place].person_id for place in reason.leaves if place != reason.candidate],
        "enters": [candidates[place].person_id for place in reason.enters if place != reason.candidate],
    }


def _clash(problem: SelectionProblem, seen: bytes) -> Solved:
    return Solved(
        outcome=Outcome.INFEASIBLE,
        is_proven=True,
        chosen=frozenset(),
        merit_total=0,
        coverage_total=0,
        cost_total_cents=0,
        explanation={"conflict": list(smallest_conflict(problem)), "repair": cheapest_repair(problem)},
        why={},
        input_digest=seen,
        versions=versions(),
    )


def _salted(salt: str, person_id: int) -> bytes:
    return hashlib.sha256(f"{salt}:candidate:{person_id}".encode()).digest()


def _integers(values) -> np.ndarray:
    return np.array(list(values), dtype=np.int64)


def _flags(values) -> np.ndarray:
    return np.array(list(values), dtype=bool)
