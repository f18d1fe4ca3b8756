"""Why no assignment keeps all limits, and the cheapest change of limits that allows one."""

from dataclasses import dataclass, replace

import numpy as np

from ml.decision.assignment_caps import Ints
from ml.decision.assignment_flow import (
    COST_SCALE,
    Bools,
    Demands,
    Network,
    build_network,
    cheapest_flow,
    largest_flow,
)

# What one unit of each repair costs. A smaller least load harms nobody, one more question costs a person an hour,
# a wider cap costs protection against blocs, and a rating fewer costs evidence.
LOWER_MINIMUM = 1
RAISE_LOAD = 2
LOOSEN_CAP = 3
ACCEPT_FEWER = 4


@dataclass(frozen=True, eq=False)
class Change:
    """Whose limit is changed, by how many. who: int, indexes of panelists or questions; by: int, as many."""

    who: Ints
    by: Ints


@dataclass(frozen=True, eq=False)
class Repair:
    """The cheapest change of limits after which an assignment exists.

    raise_load, lower_minimum: panelists. accept_fewer: questions.
    loosen_caps: questions by level ("home", "region", "institution"); ``by`` is how many raters too many sit in
    groups of that level.
    """

    raise_load: Change
    lower_minimum: Change
    accept_fewer: Change
    loosen_caps: dict[str, Change]


@dataclass(frozen=True, eq=False)
class Shortage:
    """Why no assignment exists, in indexes and numbers. A seat is one panelist on one question.

    Pinned pairs are taken out of all demands and loads first.

    seats_over_load: by how many seats the demand exceeds all maximum loads together, else 0.
    minimum_over_demand: by how many seats all minimum loads together exceed the demand, else 0.
    scarce_question, scarce_by: questions with too few eligible panelists, and how many are missing.
    idle_panelist, idle_by: panelists eligible for too few questions to reach their minimum, and how many.
    unfilled_seats: seats that stay empty whatever is done, with maximum loads, conflicts and caps.
    competing_question: questions that compete for those seats; together they lack unfilled_seats panelists.
    full_panelist: panelists whose maximum load stands in their way.
    binding_caps: questions whose cap stands in their way, by level.
    unfilled_minimum: part of the minimum loads that stays unfilled whatever is done.
    competing_panelist: panelists whose minimum loads compete for too few questions.
    repair: the cheapest way out.
    """

    seats_over_load: int
    minimum_over_demand: int
    scarce_question: Ints
    scarce_by: Ints
    idle_panelist: Ints
    idle_by: Ints
    unfilled_seats: int
    competing_question: Ints
    full_panelist: Ints
    binding_caps: dict[str, Ints]
    unfilled_minimum: int
    competing_panelist: Ints
    repair: Repair


class InfeasibleAssignment(Exception):
    """No assignment keeps all limits; ``shortage`` says why."""

    def __init__(self, shortage: Shortage) -> None:
        super().__init__("No assignment keeps all demands, loads, caps and conflicts.")
        self.shortage = shortage


def explain_shortage(*, allowed: Bools, likely: Bools, demands: Demands, solver: str) -> Shortage:
    """Two flows tell all: one fills demands under maximum loads, the other minimum loads under demands.

    If both succeed, an assignment that does both exists, so together the two cuts explain every refusal.
    allowed, likely: bool, a cell per pair; those that may be made, and those among which a repair is sought.
    Source: Pym (1969), The linking of sets in graphs; Lenchner, arXiv 1907.05870, for seats.
    """
    demand, min_load, max_load = demands.demand, demands.min_load, demands.max_load
    question, panelist = np.nonzero(allowed)
    missing = demand - np.bincount(question, minlength=len(demand))
    unused = min_load - np.bincount(panelist, minlength=len(min_load))
    seats = build_network(question, panelist, replace(demands, min_load=np.zeros_like(min_load)))
    filled = largest_flow(seats)
    near = filled.near_side()
    least = build_network(question, panelist, replace(demands, max_load=min_load))
    backwards = replace(least, tail=least.head, head=least.tail, supply=-least.supply)
    reached = largest_flow(backwards)
    beyond = reached.near_side()
    return Shortage(
        seats_over_load=max(0, int(demand.sum() - max_load.sum())),
        minimum_over_demand=max(0, int(min_load.sum() - demand.sum())),
        scarce_question=np.flatnonzero(missing > 0),
        scarce_by=missing[missing > 0],
        idle_panelist=np.flatnonzero(unused > 0),
        idle_by=unused[unused > 0],
        unfilled_seats=int(demand.sum()) - filled.value,
        competing_question=np.flatnonzero(near[: len(demand)]),
        full_panelist=np.flatnonzero(near[len(demand) : seats.hub]),
        binding_caps=_binding_caps(seats, near),
        unfilled_minimum=int(min_load.sum()) - reached.value,
        competing_panelist=np.flatnonzero(beyond[len(demand) : least.hub]),
        repair=cheapest_repair(*np.nonzero(likely), demands, solver),
    )


def _binding_caps(network: Network, near: Bools) -> dict[str, Ints]:
    arcs = network.group_arcs
    crosses = near[network.tail[arcs]] & ~near[network.head[arcs]]
    levels = np.array(network.group_level)
    return {
        str(name): np.unique(network.group_question[crosses & (levels == name)]) for name in np.unique(levels[crosses])
    }


def cheapest_repair(question: Ints, panelist: Ints, demands: Demands, solver: str) -> Repair:
    """Give every limit an arc past it, at a price, and see which of them the cheapest flow uses.

    question, panelist: int, shape (n_pairs,); the pairs that may be made.
    """
    network = build_network(question, panelist, demands)
    questions, people = np.arange(len(demands.demand)), len(demands.demand) + np.arange(len(demands.max_load))
    groups, seats = network.group_arcs, int(demands.demand.sum())
    # Tails, heads, most units and price of the arcs past each kind of limit.
    hubs = np.full(len(people), network.hub)
    past = [
        (people, hubs, np.full(len(people), seats), RAISE_LOAD),
        (hubs, people, demands.min_load, LOWER_MINIMUM),
        (questions, np.full(len(questions), network.hub), demands.demand, ACCEPT_FEWER),
        (network.tail[groups], network.head[groups], np.full(len(network.group_question), seats), LOOSEN_CAP),
    ]
    elastic = replace(
        network,
        tail=np.concatenate([network.tail, *(arcs[0] for arcs in past)]),
        head=np.concatenate([network.head, *(arcs[1] for arcs in past)]),
        capacity=np.concatenate([network.capacity, *(arcs[2] for arcs in past)]),
    )
    prices = [np.full(len(arcs[0]), arcs[3] * COST_SCALE) for arcs in past]
    flow = cheapest_flow(elastic, np.concatenate([np.zeros(len(network.tail), np.int64), *prices]), solver)
    ends = np.cumsum([len(network.tail), *(len(arcs[0]) for arcs in past)])
    load, minimum, fewer, caps = (flow[start:end] for start, end in zip(ends, ends[1:], strict=False))
    return Repair(_change(load), _change(minimum), _change(fewer), _loosened(network, caps))


def _change(by: Ints) -> Change:
    who = np.flatnonzero(by)
    return Change(who, by[who])


def _loosened(network: Network, by: Ints) -> dict[str, Change]:
    levels = np.array(network.group_level)
    changes = {}
    for name in np.unique(levels[by > 0]):
        used = (levels == name) & (by > 0)
        who, at = np.unique(network.group_question[used], return_inverse=True)
        changes[str(name)] = Change(who, np.bincount(at, by[used]).astype(np.int64))
    return changes
