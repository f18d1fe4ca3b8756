"""Who reviews what: the assignment of greatest affinity under demands, loads and conflicts."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# Statuses of scipy.optimize.linprog.
OPTIMAL = 0
INFEASIBLE = 2


@dataclass(frozen=True, eq=False)
class Assignment:
    """The pairs chosen, ordered by question, then panelist.

    question, panelist: int, shape (n_pairs,).
    load: int, shape (n_panelists,); questions given to each panelist.
    total_affinity: sum over the pairs, pinned ones included.
    """

    question: Ints
    panelist: Ints
    load: Ints
    total_affinity: float


@dataclass(frozen=True, eq=False)
class Shortage:
    """Why no assignment exists, in indexes and numbers. A seat is one panelist on one question.

    Pinned pairs are taken out of all demands and loads first.

    seats_over_load: by how many seats the demand exceeds all maximum loads together, else 0.
    minimum_over_demand: by how many seats all minimum loads together exceed the demand, else 0.
    scarce_question, scarce_by: questions with too few eligible panelists, and how many are missing.
    idle_panelist, idle_by: panelists eligible for too few questions to reach their minimum, and how many.
    unfilled_seats: seats that stay empty whatever is done, with maximum loads and conflicts.
    competing_question: questions that compete for those seats; together they lack unfilled_seats panelists.
    unfilled_minimum: part of the minimum loads that stays unfilled whatever is done.
    competing_panelist: panelists whose minimum loads compete for too few questions.
    """

    seats_over_load: int
    minimum_over_demand: int
    scarce_question: Ints
    scarce_by: Ints
    idle_panelist: Ints
    idle_by: Ints
    unfilled_seats: int
    competing_question: Ints
    unfilled_minimum: int
    competing_panelist: Ints


class InfeasibleAssignment(Exception):
    """No assignment keeps all limits; ``shortage`` says why."""

    def __init__(self, shortage: Shortage) -> None:
        super().__init__("No assignment keeps all demands, loads and conflicts.")
        self.shortage = shortage


@dataclass(frozen=True, eq=False)
class _Network:
    """What is left to decide once pinned pairs are taken out. No edge is made for a conflict."""

    edge_question: Ints
    edge_panelist: Ints
    demand: Ints
    min_load: Ints
    max_load: Ints


def assign_panelists(
    *,
    affinity: Floats,
    demand: Ints,
    min_load: Ints,
    max_load: Ints,
    forbidden: Bools,
    pinned: Bools | None = None,
) -> Assignment:
    """Maximize the total affinity: each question gets its demand, each panelist a load within limits.

    affinity: float, shape (n_questions, n_panelists), finite; any unit.
    demand: int, shape (n_questions,); panelists that each question needs.
    min_load, max_load: int, shape (n_panelists,). forbidden: bool, as affinity; conflicts of interest.
    pinned: bool, as affinity; pairs that must be made.
    Integral because the constraint matrix is totally unimodular and the simplex method ends in a vertex. The
    same input gives the same pairs; between assignments of equal affinity the order of the input decides.
    Raises: InfeasibleAssignment with a Shortage; ValueError on shapes that do not match, a pinned pair that
    is forbidden, or pinned pairs beyond a demand or a load.
    Source: METHODS.md section 2 (linear program of the Toronto Paper Matching System, with minimum loads).
    """
    pinned = np.zeros_like(forbidden) if pinned is None else pinned
    _check_input(affinity, demand, min_load, max_load, forbidden, pinned)
    network = _network(demand, min_load, max_load, forbidden, pinned)
    used = _solve(network, -affinity[network.edge_question, network.edge_panelist])
    chosen = pinned.copy()
    chosen[network.edge_question[used], network.edge_panelist[used]] = True
    load = chosen.sum(axis=0)
    _check_result(chosen, load, demand, min_load, max_load)
    question, panelist = np.nonzero(chosen)
    return Assignment(question, panelist, load, float(affinity[question, panelist].sum()))


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


def _network(demand: Ints, min_load: Ints, max_load: Ints, forbidden: Bools, pinned: Bools) -> _Network:
    edge_question, edge_panelist = np.nonzero(~forbidden & ~pinned)
    pinned_load = pinned.sum(axis=0)
    return _Network(
        edge_question=edge_question,
        edge_panelist=edge_panelist,
        demand=demand - pinned.sum(axis=1),
        min_load=np.maximum(min_load - pinned_load, 0),
        max_load=max_load - pinned_load,
    )


def _solve(network: _Network, cost: Floats) -> Bools:
    """Edges of a cheapest flow, shape (n_edges,)."""
    n_edges = len(cost)
    if n_edges == 0:
        if network.demand.any() or network.min_load.any():
            raise InfeasibleAssignment(_shortage(network))
        return np.zeros(0, dtype=bool)
    ones, edges = np.ones(n_edges), np.arange(n_edges)
    seats = sp.csr_array((ones, (network.edge_question, edges)), shape=(len(network.demand), n_edges))
    loads = sp.csr_array((ones, (network.edge_panelist, edges)), shape=(len(network.max_load), n_edges))
    result = linprog(
        cost,
        A_eq=seats,
        b_eq=network.demand,
        A_ub=sp.vstack([loads, -loads]),
        b_ub=np.concatenate([network.max_load, -network.min_load]),
        bounds=(0, 1),
        method="highs-ds",
    )
    if result.status == INFEASIBLE:
        raise InfeasibleAssignment(_shortage(network))
    if result.status != OPTIMAL:
        raise RuntimeError(f"The assignment was not solved: {result.message}")
    return result.x > 0.5


def _check_result(chosen: Bools, load: Ints, demand: Ints, min_load: Ints, max_load: Ints) -> None:
    """Check the rounded solution in integers, so that no tolerance of the solver can break a limit."""
    demand_met = np.array_equal(chosen.sum(axis=1), demand)
    if not demand_met or (load < min_load).any() or (load > max_load).any():
        raise RuntimeError("The rounded assignment breaks a limit.")


def _shortage(network: _Network) -> Shortage:
    """Two flows tell all: one fills demands under maximum loads, the other minimum loads under demands.

    If both succeed, an assignment that does both exists, so together the two cuts explain every refusal.
    Source: Lenchner, On a generalization of the marriage problem, arXiv 1907.05870, for seats.
    """
    demand, min_load, max_load = network.demand, network.min_load, network.max_load
    edge_question, edge_panelist = network.edge_question, network.edge_panelist
    missing = demand - np.bincount(edge_question, minlength=len(demand))
    unused = min_load - np.bincount(edge_panelist, minlength=len(min_load))
    unfilled_seats, competing_question = _cut(edge_question, edge_panelist, demand, max_load)
    unfilled_minimum, competing_panelist = _cut(edge_panelist, edge_question, min_load, demand)
    return Shortage(
        seats_over_load=max(0, int(demand.sum() - max_load.sum())),
        minimum_over_demand=max(0, int(min_load.sum() - demand.sum())),
        scarce_question=np.flatnonzero(missing > 0),
        scarce_by=missing[missing > 0],
        idle_panelist=np.flatnonzero(unused > 0),
        idle_by=unused[unused > 0],
        unfilled_seats=unfilled_seats,
        competing_question=competing_question,
        unfilled_minimum=unfilled_minimum,
        competing_panelist=competing_panelist,
    )


def _cut(edge_from: Ints, edge_to: Ints, supply: Ints, capacity: Ints) -> tuple[int, Ints]:
    """Supply that no flow carries to the right side, and the left nodes that compete for its capacity."""
    n_left, n_right = len(supply), len(capacity)
    source, sink = n_left + n_right, n_left + n_right + 1
    tails = np.concatenate([np.full(n_left, source), edge_from, n_left + np.arange(n_right)])
    heads = np.concatenate([np.arange(n_left), n_left + edge_to, np.full(n_right, sink)])
    room = np.concatenate([supply, np.ones_like(edge_from), capacity]).astype(np.int32)
    graph = sp.csr_array((room, (tails, heads)), shape=(sink + 1, sink + 1))
    flow = maximum_flow(graph, source, sink)
    residual = sp.csr_array(graph - flow.flow)
    residual.eliminate_zeros()
    reached = breadth_first_order(residual, source, return_predecessors=False)
    return int(supply.sum() - flow.flow_value), np.sort(reached[reached < n_left])
