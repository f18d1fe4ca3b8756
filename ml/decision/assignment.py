"""Who reviews what: the assignment of greatest affinity under demands, loads, caps and conflicts."""

import math
from dataclasses import dataclass

import numpy as np

from ml.decision.assignment_caps import Caps, Ints
from ml.decision.assignment_flow import (
    COST_SCALE,
    SOLVERS,
    Bools,
    Demands,
    Floats,
    build_network,
    cheapest_flow,
    feasible_pairs,
    is_feasible,
)
from ml.decision.assignment_prices import Solved, best_pairs, guess_prices, improving_pairs
from ml.decision.assignment_shortage import InfeasibleAssignment, Shortage, explain_shortage

__all__ = ["Assignment", "Caps", "InfeasibleAssignment", "Shortage", "assign_panelists"]

# Up to so many pairs are solved all at once.
FEW_PAIRS = 200_000
# Pairs of each question, beyond twice its demand, in the first try at more.
SPARE_PAIRS = 4
# The search for the floor goes down from its upper bound in steps of this share of the range, doubled each time.
FIRST_STEP = 1 / 1024


@dataclass(frozen=True, eq=False)
class Assignment:
    """The pairs chosen, ordered by question, then panelist.

    question, panelist: int, shape (n_pairs,).
    load: int, shape (n_panelists,); questions given to each panelist.
    total_affinity: sum over the pairs, pinned ones included.
    floor: least affinity of a pair that was not pinned; NaN if there is none.
    n_flows: feasibility flows that the search for the floor took.
    solver: "ortools" or "scipy"; both reach the same total, but may choose among equals differently.
    """

    question: Ints
    panelist: Ints
    load: Ints
    total_affinity: float
    floor: float
    n_flows: int
    solver: str


def assign_panelists(
    *,
    affinity: Floats,
    demand: Ints,
    min_load: Ints,
    max_load: Ints,
    forbidden: Bools,
    pinned: Bools | None = None,
    caps: Caps | None = None,
    floor: bool = True,
    solver: str = SOLVERS[0],
) -> Assignment:
    """Maximize the total affinity: each question gets its demand, each panelist a load within limits.

    affinity: float, shape (n_questions, n_panelists), finite; any unit. It counts to a millionth of the power of ten
    above the largest: to six digits up to 1, to four up to 100.
    demand: int, shape (n_questions,); panelists that each question needs.
    min_load, max_load: int, shape (n_panelists,). forbidden: bool, as affinity; conflicts of interest.
    pinned: bool, as affinity; pairs that must be made. They count for caps, and where they exceed one they stay.
    caps: most raters of a question from one side, region, institution.
    floor: raise the least affinity of a pair as far as it goes first, then maximize the sum above it.
    The same input and solver give the same pairs; between assignments of equal affinity the solver decides.
    Raises: InfeasibleAssignment with a Shortage; ValueError on shapes that do not match, a pinned pair that
    is forbidden, or pinned pairs beyond a demand or a load.
    Source: METHODS.md section 2 (the flow of the Toronto Paper Matching System, with minimum loads and floor).
    """
    pinned = np.zeros_like(forbidden) if pinned is None else pinned
    _check_input(affinity, demand, min_load, max_load, forbidden, pinned)
    load = pinned.sum(axis=0)
    demands = Demands(demand - pinned.sum(axis=1), np.maximum(min_load - load, 0), max_load - load, caps, pinned)
    score = _whole_numbers(affinity)
    allowed = ~forbidden & ~pinned
    search = _FloorSearch(score, allowed, demands)
    above = allowed & (score >= search.highest()) if floor else allowed
    made = _solve(score, above, demands, solver)
    return _assignment(affinity, made, pinned, search.n_flows, solver)


def _check_input(
    affinity: Floats, demand: Ints, min_load: Ints, max_load: Ints, forbidden: Bools, pinned: Bools
) -> None:
    n_questions, n_panelists = affinity.shape
    shapes_match = forbidden.shape == pinned.shape == affinity.shape
    if not shapes_match or len(demand) != n_questions or not len(min_load) == len(max_load) == n_panelists:
        raise ValueError("The shapes of affinity, demand, loads and conflicts do not match.")
    if not np.isfinite(affinity).all():
        raise ValueError("Every affinity must be a finite number.")
    if (demand < 0).any() or (min_load < 0).any() or (min_load > max_load).any():
        raise ValueError("Demands and loads must be at least 0, minimum loads at most the maximum.")
    if (pinned & forbidden).any():
        raise ValueError("A pinned pair is forbidden.")
    if (pinned.sum(axis=1) > demand).any() or (pinned.sum(axis=0) > max_load).any():
        raise ValueError("More pairs are pinned than a demand or a load allows.")


def _whole_numbers(affinity: Floats) -> Ints:
    """Affinity in the smallest steps that count, so that every solver adds without rounding."""
    largest = float(np.abs(affinity).max(initial=0.0))
    digits = math.ceil(math.log10(largest)) if largest > 0 else 0
    return np.round(affinity * (COST_SCALE / 10.0**digits)).astype(np.int64)


class _FloorSearch:
    """The largest score such that pairs below it can all be left out; ``n_flows`` counts the flows it takes."""

    def __init__(self, score: Ints, allowed: Bools, demands: Demands) -> None:
        self.score, self.allowed, self.demands = score, allowed, demands
        self.n_flows = 0

    def fits(self, threshold: int) -> bool:
        self.n_flows += 1
        pairs = np.nonzero(self.allowed & (self.score >= threshold))
        return is_feasible(build_network(*pairs, self.demands))

    def highest(self) -> int:
        """Down from the upper bound in growing steps until it fits, then halving between the scores there are.

        The least score of all if nothing fits.
        """
        lowest, bound = int(self.score.min(initial=0)), self._upper_bound()
        step = max(1, int((bound - lowest) * FIRST_STEP))
        good, bad = bound, bound + 1
        while not self.fits(good):
            if good == lowest:
                return lowest
            good, bad, step = max(lowest, good - step), good, 2 * step
        between = self.allowed & (self.score > good) & (self.score < bad)
        values = np.concatenate([[good], np.unique(self.score[between])])
        first, last = 0, len(values) - 1
        while first < last:
            middle = (first + last + 1) // 2
            first, last = (middle, last) if self.fits(values[middle]) else (first, middle - 1)
        return int(values[first])

    def _upper_bound(self) -> int:
        """No floor is above a question's d-th best score, nor above a panelist's l-th best for a least load l."""
        lowest = int(self.score.min(initial=0))
        score = np.where(self.allowed, self.score, lowest)
        return min(_least_nth(score, self.demands.demand, lowest), _least_nth(score.T, self.demands.min_load, lowest))


def _least_nth(score: Ints, needed: Ints, otherwise: int) -> int:
    """The least of each row's n-th best score, n being what the row needs; without needs, the best there is."""
    bounds = [int(score.max(initial=otherwise))]
    for count in np.unique(needed[(needed > 0) & (needed <= score.shape[1])]):
        bounds.append(int(np.partition(score[needed == count], -count, axis=1)[:, -count].min()))
    return min(bounds)


def _likely_pairs(score: Ints, allowed: Bools, demands: Demands) -> Bools:
    """All pairs where they are few, else the best of each question at guessed prices."""
    if np.count_nonzero(allowed) <= FEW_PAIRS:
        return allowed
    worth = score - guess_prices(score, allowed, demands)
    return best_pairs(worth, allowed, 2 * int(demands.demand.max(initial=0)) + SPARE_PAIRS)


def _solve(score: Ints, allowed: Bools, demands: Demands, solver: str) -> Bools:
    """The pairs of an optimum: over the likely pairs, then over more, until none left out could improve it."""
    kept = _likely_pairs(score, allowed, demands)
    if not is_feasible(build_network(*np.nonzero(kept), demands)):
        filled = feasible_pairs(allowed, demands)
        if filled is None:
            raise InfeasibleAssignment(explain_shortage(allowed=allowed, likely=kept, demands=demands, solver=solver))
        kept = kept | filled
    while True:
        chosen = _solve_kept(score, kept, demands, solver)
        if kept is allowed:
            return chosen
        better = improving_pairs(Solved(score, allowed, kept, chosen, demands))
        if not better.any():
            return chosen
        kept = kept | better


def _solve_kept(score: Ints, kept: Bools, demands: Demands, solver: str) -> Bools:
    question, panelist = np.nonzero(kept)
    network = build_network(question, panelist, demands)
    cost = np.zeros(len(network.tail), dtype=np.int64)
    cost[: network.n_pairs] = -score[question, panelist]
    used = cheapest_flow(network, cost, solver)[: network.n_pairs] > 0
    chosen = np.zeros_like(kept)
    chosen[question[used], panelist[used]] = True
    return chosen


def _assignment(affinity: Floats, chosen: Bools, pinned: Bools, n_flows: int, solver: str) -> Assignment:
    decided = affinity[chosen]
    question, panelist = np.nonzero(chosen | pinned)
    return Assignment(
        question=question,
        panelist=panelist,
        load=np.bincount(panelist, minlength=affinity.shape[1]),
        total_affinity=float(affinity[question, panelist].sum()),
        floor=float(decided.min()) if decided.size else float("nan"),
        n_flows=n_flows,
        solver=solver,
    )
