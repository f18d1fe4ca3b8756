"""Solving a selection: values in, values out, no database."""

from dataclasses import dataclass

import numpy as np

from ml.decision.selection import PROVEN, Selection, select_candidates
from ml.decision.selection_conflict import cheapest_repair, smallest_conflict
from ml.decision.selection_model import InfeasibleSelection
from solicit.invitations.service.selecting.problem import Posed
from solicit.invitations.states import Outcome
from solicit.provenance import digest, versions


@dataclass(frozen=True)
class Solved:
    """A selection with its proof, or the clash of its limits; people are named by their ids."""

    outcome: Outcome
    is_proven: bool
    gap: float
    chosen: frozenset[int]
    merit_total: int
    coverage_total: int
    cost_total_cents: int
    explanation: dict
    versions: dict

    @property
    def result_digest(self) -> bytes:
        """SHA-256 over who is chosen and what that is worth."""
        return result_digest(self.outcome, self.chosen, (self.merit_total, self.coverage_total, self.cost_total_cents))


def result_digest(outcome: Outcome, chosen: frozenset[int], totals: tuple[int, int, int]) -> bytes:
    return digest([outcome.value, sorted(chosen), list(totals)])


def solve(posed: Posed) -> Solved:
    """The best selection; the same for any order of the candidates. Raises SolverStopped."""
    try:
        selection = select_candidates(posed.problem)
    except InfeasibleSelection:
        return _clash(posed)
    return Solved(
        outcome=Outcome.OPTIMAL if selection.status == PROVEN else Outcome.NODE_LIMIT,
        is_proven=selection.proven_optimal,
        gap=selection.mip_gap,
        chosen=frozenset(posed.person_ids(np.flatnonzero(selection.chosen))),
        merit_total=selection.merit_total,
        coverage_total=selection.coverage_total,
        cost_total_cents=selection.cost_total_cents,
        explanation={"shortfall": _shortfall(posed, selection)},
        versions=versions(),
    )


def _shortfall(posed: Posed, selection: Selection) -> dict[str, int]:
    """The quotas that are missed: people missing above 0, too many below."""
    pairs = zip(posed.problem.quotas, selection.quota_shortfall, strict=True)
    return {quota.name: missing for quota, missing in pairs if missing}


def _clash(posed: Posed) -> Solved:
    problem = posed.problem
    return Solved(
        outcome=Outcome.INFEASIBLE,
        is_proven=True,
        gap=0.0,
        chosen=frozenset(),
        merit_total=0,
        coverage_total=0,
        cost_total_cents=0,
        explanation={"conflict": list(smallest_conflict(problem)), "repair": cheapest_repair(problem)},
        versions=versions(),
    )
