"""The assignment as a flow: question -> groups that have a cap -> panelist -> hub, with two solvers of one optimum."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from ml.decision.assignment_caps import Caps, Ints

try:
    from ortools.graph.python import min_cost_flow
except ImportError:
    min_cost_flow = None

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

ORTOOLS = "ortools"
SCIPY = "scipy"
SOLVERS = (ORTOOLS, SCIPY) if min_cost_flow else (SCIPY,)
# Costs are whole numbers, so that both solvers minimize the same sum to the last digit.
COST_SCALE = 1_000_000


@dataclass(frozen=True, eq=False)
class Demands:
    """What is left to decide once pinned pairs are taken out. pinned: bool, one cell a pair; they use up caps."""

    demand: Ints
    min_load: Ints
    max_load: Ints
    caps: Caps | None
    pinned: Bools


@dataclass(frozen=True, eq=False)
class Network:
    """Arcs with their capacities: pairs first, then groups with a cap, then the hub's.

    Nodes: questions, panelists, the hub, groups. A panelist sends its minimum load nowhere (its node demands it)
    and what is above to the hub; so lower limits need no costs, and no flow of a cheaper kind can break them.
    supply: int, shape (n_nodes,); negative where a node takes flow in.
    group_level, group_question: of the arcs into groups, which follow the pairs.
    """

    tail: Ints
    head: Ints
    capacity: Ints
    supply: Ints
    hub: int
    n_pairs: int
    group_level: tuple[str, ...]
    group_question: Ints

    @property
    def group_arcs(self) -> slice:
        return slice(self.n_pairs, self.n_pairs + len(self.group_question))


def build_network(question: Ints, panelist: Ints, demands: Demands) -> Network:
    """The network over the given pairs, none of them pinned. question, panelist: int, shape (n_pairs,)."""
    n_questions, n_panelists = len(demands.demand), len(demands.max_load)
    hub = n_questions + n_panelists
    groups = _groups(question, panelist, demands, first_node=hub + 1)
    people = n_questions + np.arange(n_panelists)
    above = demands.demand.sum() - demands.min_load.sum()
    return Network(
        tail=np.concatenate([groups.last_node, groups.tail, people]),
        head=np.concatenate([n_questions + panelist, groups.head, np.full(n_panelists, hub)]),
        capacity=np.concatenate([np.ones_like(question), groups.capacity, demands.max_load - demands.min_load]),
        supply=np.concatenate([demands.demand, -demands.min_load, [-above], np.zeros(len(groups.head), np.int64)]),
        hub=hub,
        n_pairs=len(question),
        group_level=groups.level,
        group_question=groups.question,
    )


@dataclass(frozen=True, eq=False)
class _Groups:
    """Arcs into groups, and the node from which each pair goes on to its panelist."""

    tail: Ints
    head: Ints
    capacity: Ints
    question: Ints
    level: tuple[str, ...]
    last_node: Ints


def _groups(question: Ints, panelist: Ints, demands: Demands, *, first_node: int) -> _Groups:
    """One node for each group whose cap could bind; the others change nothing and are left out."""
    at, n_pairs = question, len(question)
    tails, capacities, owners, names = [], [], [], []
    pinned_question, pinned_panelist = np.nonzero(demands.pinned)
    every_question = np.concatenate([question, pinned_question])
    every_panelist = np.concatenate([panelist, pinned_panelist])
    levels = demands.caps.levels(every_question, every_panelist) if demands.caps and n_pairs else ()
    for level in levels:
        key = every_question * (level.code.max() + 1) + level.code
        _, first, group = np.unique(key, return_index=True, return_inverse=True)
        pinned = np.bincount(group[n_pairs:], minlength=len(first))
        size = np.bincount(group[:n_pairs], minlength=len(first))
        room = np.maximum(level.most[first] - pinned, 0)
        binds = np.flatnonzero(np.minimum(size, demands.demand[every_question[first]]) > room)
        node = np.full(len(first), -1)
        node[binds] = first_node + np.arange(len(binds))
        tails.append(at[first[binds]])
        capacities.append(room[binds])
        owners.append(every_question[first[binds]])
        names += [level.name] * len(binds)
        at = np.where(node[group[:n_pairs]] >= 0, node[group[:n_pairs]], at)
        first_node += len(binds)
    none = np.zeros(0, dtype=np.int64)
    tail = np.concatenate([none, *tails])
    head = first_node - len(tail) + np.arange(len(tail))
    return _Groups(tail, head, np.concatenate([none, *capacities]), np.concatenate([none, *owners]), tuple(names), at)


def cheapest_flow(network: Network, cost: Ints, solver: str) -> Ints:
    """Flow on each arc at the least total cost, of a network that is feasible.

    cost: int, shape (n_arcs,), below COST_SCALE or not much above. Both solvers end in a vertex, and vertices of a
    network are whole numbers.
    Raises: RuntimeError if the solver fails, as it does where no flow meets every supply.
    """
    return _by_ortools(network, cost) if solver == ORTOOLS else _by_scipy(network, cost)


def _by_ortools(network: Network, cost: Ints) -> Ints:
    flow = min_cost_flow.SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(network.tail, network.head, network.capacity, cost)
    flow.set_nodes_supplies(np.arange(len(network.supply)), network.supply)
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"The assignment was not solved: {status.name}")
    return flow.flows(arcs)


def _by_scipy(network: Network, cost: Ints) -> Ints:
    """The same as a linear program: a row for each node but the hub, whose balance follows from the others.

    Arcs into the hub that cost nothing are not variables but the slack of their tail's row: that is eight times
    faster.
    """
    is_slack = (network.head == network.hub) & (cost == 0)
    arcs = np.flatnonzero(~is_slack)
    flow = np.zeros(len(cost), dtype=np.int64)
    if arcs.size:
        flow[arcs] = _solved_by_scipy(network, arcs, is_slack, cost)
    sent = np.bincount(network.tail, flow, len(network.supply)) - np.bincount(network.head, flow, len(network.supply))
    flow[is_slack] = (network.supply - sent)[network.tail[is_slack]]
    return flow


def _solved_by_scipy(network: Network, arcs: Ints, is_slack: Bools, cost: Ints) -> Ints:
    signs = np.repeat([1.0, -1.0], len(arcs))
    nodes = np.concatenate([network.tail[arcs], network.head[arcs]])
    columns = np.tile(np.arange(len(arcs)), 2)
    shape = (len(network.supply), len(arcs))
    balance = np.delete(np.arange(len(network.supply)), network.hub)
    rows = sp.csr_array((signs, (nodes, columns)), shape=shape)[balance]
    slack = np.bincount(network.tail[is_slack], network.capacity[is_slack], len(network.supply))
    result = milp(
        cost[arcs] / COST_SCALE,
        constraints=LinearConstraint(rows, (network.supply - slack)[balance], network.supply[balance]),
        bounds=Bounds(0, network.capacity[arcs]),
    )
    if result.x is None:
        raise RuntimeError(f"The assignment was not solved: {result.message}")
    return np.round(result.x).astype(np.int64)


def is_feasible(network: Network) -> bool:
    """Whether some flow gives every node what it asks for."""
    return _meets_supplies(network, largest_flow(network))


def feasible_pairs(allowed: Bools, demands: Demands) -> Bools | None:
    """Pairs of some assignment, as a mask, whatever they are worth; None if there is no assignment."""
    question, panelist = np.nonzero(allowed)
    network = build_network(question, panelist, demands)
    found = largest_flow(network)
    if not _meets_supplies(network, found):
        return None
    used = found.flow[network.tail[: network.n_pairs], network.head[: network.n_pairs]] > 0
    pairs = np.zeros_like(allowed)
    pairs[question[used], panelist[used]] = True
    return pairs


def _meets_supplies(network: Network, found: "LargestFlow") -> bool:
    gives = network.supply[network.supply > 0].sum()
    return gives == -network.supply[network.supply < 0].sum() == found.value


@dataclass(frozen=True, eq=False)
class LargestFlow:
    """How much can flow from supplies to demands. flow: from node to node. graph: the room there was."""

    value: int
    flow: sp.csr_array
    graph: sp.csr_array

    def near_side(self) -> Bools:
        """The nodes that the supplies still reach, bool, shape (n_nodes,): the near side of a smallest cut."""
        residual = sp.csr_array(self.graph - self.flow)
        residual.eliminate_zeros()
        n_nodes = self.graph.shape[0] - 2
        reached = np.zeros(n_nodes + 2, dtype=bool)
        reached[breadth_first_order(residual, n_nodes, return_predecessors=False)] = True
        return reached[:n_nodes]


def largest_flow(network: Network) -> LargestFlow:
    """As much as can go from what has too much to what has too little, whatever it costs."""
    n_nodes = len(network.supply)
    source, sink = n_nodes, n_nodes + 1
    gives, takes = np.flatnonzero(network.supply > 0), np.flatnonzero(network.supply < 0)
    tail = np.concatenate([network.tail, np.full(len(gives), source), takes])
    head = np.concatenate([network.head, gives, np.full(len(takes), sink)])
    room = np.concatenate([network.capacity, network.supply[gives], -network.supply[takes]])
    graph = sp.csr_array((room.astype(np.int32), (tail, head)), shape=(sink + 1, sink + 1))
    found = maximum_flow(graph, source, sink)
    return LargestFlow(int(found.flow_value), sp.csr_array(found.flow), graph)
