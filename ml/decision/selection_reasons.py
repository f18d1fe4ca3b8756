"""Why a person is in or out: the price of the other choice, what stands in the way, what would change it."""

from dataclasses import dataclass, replace

import numpy as np

from ml.decision.selection import Selection, select_candidates
from ml.decision.selection_model import (
    NODE_LIMIT,
    InfeasibleSelection,
    SolverStopped,
    build_model,
    face,
    maximize,
    stage_objectives,
)
from ml.decision.selection_problem import (
    ALWAYS,
    NEVER,
    Bools,
    Ints,
    Limit,
    SelectionProblem,
    limits_of,
    standing,
    tight_limits,
)


@dataclass(frozen=True, eq=False)
class Explanation:
    """What forcing one candidate the other way would change.

    price: value (merit plus coverage) lost; None where no selection keeps the hard limits then.
    extra_breach: added penalty of the soft quotas; kept_lost: how many fewer of the ``kept`` people stay. Where
    one of them is above 0, the price may be below 0.
    leaves, enters: int; indexes of the candidates who would leave and enter, the candidate included.
    binding: names of the limits that are tight in the selection, and "always" or "never" for a pin.
    own_limits: limits counting this person that a move of theirs would break, though it would gain value: in or
    out alone, or in exchange with one other. They hold the person in, or out. (Which limit alone would bring the
    person in if it were dropped or wider: ``enters`` of its ``selection_prices.LimitPrice``.)
    merit_gain: smallest gain in merit that brings in a person who is out; None where no gain does (a pin, or a
    limit that more merit does not move) and for those who are in.
    cost_cut_cents: smallest cut of the person's cost at which the best set with them is better than this
    selection; None where no cut helps, and for those who are in.
    """

    candidate: int
    is_chosen: bool
    price: int | None
    extra_breach: int | None
    kept_lost: int | None
    leaves: Ints
    enters: Ints
    binding: tuple[str, ...]
    own_limits: tuple[str, ...]
    merit_gain: int | None
    cost_cut_cents: int | None


def why(
    problem: SelectionProblem, selection: Selection, candidate: int, *, node_limit: int = NODE_LIMIT
) -> Explanation:
    """Force one candidate out (if chosen) or in (if not), whatever is pinned, and compare.

    Raises: SolverStopped.
    Source: METHODS.md 3b.
    """
    candidate, is_chosen = int(candidate), bool(selection.chosen[candidate])
    forced = _forced(problem, candidate, is_in=not is_chosen)
    may_enter = not is_chosen and not problem.never[candidate]
    nobody = np.zeros(0, dtype=np.int64)
    changes = {"price": None, "extra_breach": None, "kept_lost": None, "leaves": nobody, "enters": nobody}
    merit_gain = None
    try:
        other = select_candidates(forced, node_limit=node_limit).chosen
    except InfeasibleSelection:
        pass
    else:
        changes = _changes(problem, selection.chosen, other)
        if may_enter and changes["extra_breach"] == 0 and changes["kept_lost"] == 0:
            merit_gain = changes["price"] + (not _comes_first(problem, other, selection.chosen))
    return Explanation(
        candidate=candidate,
        is_chosen=is_chosen,
        **changes,
        binding=tight_limits(problem, selection.chosen) + _pin(problem, candidate),
        own_limits=_own_limits(problem, selection.chosen, candidate),
        merit_gain=merit_gain,
        cost_cut_cents=_cost_cut(forced, selection.chosen, candidate, node_limit) if may_enter else None,
    )


def _forced(problem: SelectionProblem, candidate: int, *, is_in: bool) -> SelectionProblem:
    always, never = problem.always.copy(), problem.never.copy()
    always[candidate], never[candidate] = is_in, not is_in
    return replace(problem, always=always, never=never)


def _changes(problem: SelectionProblem, chosen: Bools, other: Bools) -> dict:
    before, after = standing(problem, chosen), standing(problem, other)
    extra_breach, kept_lost, price = (old - new for old, new in zip(before, after, strict=True))
    return {
        "price": price,
        "extra_breach": extra_breach,
        "kept_lost": kept_lost,
        "leaves": np.flatnonzero(chosen & ~other),
        "enters": np.flatnonzero(other & ~chosen),
    }


def _comes_first(problem: SelectionProblem, one: Bools, other: Bools) -> bool:
    """Whether the last stages, announced merit and tie ranks, prefer the first of two sets of equal value."""
    by_rank = np.argsort(problem.tie_rank)
    first, second = ((int(problem.announced_merit[x].sum()), tuple(x[by_rank])) for x in (one, other))
    return first > second


def _cost_cut(forced: SelectionProblem, chosen: Bools, candidate: int, node_limit: int) -> int | None:
    """Cheapest set with the candidate that is better than the chosen one, less the budget.

    Better is: less breach; or as much and more people kept; or as much of both and more value.
    """
    now = standing(forced, chosen)
    own_cost = int(forced.cost_cents[candidate])
    model = build_model(replace(forced, budget_cents=forced.budget_cents + own_cost))
    cheapest = []
    for stage, weights in enumerate(stage_objectives(forced)):
        objective = model.objective(**weights)
        if not objective.any():
            continue
        try:
            better = face(model, objective, now[stage] + 1)
            cost = better.objective(candidate=-forced.cost_cents)
            cheap = maximize(better, cost, node_limit=node_limit).chosen
        except InfeasibleSelection:
            pass
        else:
            if standing(forced, cheap) <= now:
                raise SolverStopped("The rounded selection is not better.")
            cheapest.append(int(forced.cost_cents[cheap].sum()))
        model = model.at_least(objective, now[stage])
    return min(cheapest) - forced.budget_cents if cheapest else None


def _own_limits(problem: SelectionProblem, chosen: Bools, candidate: int) -> tuple[str, ...]:
    is_chosen = bool(chosen[candidate])
    others = np.flatnonzero(~problem.never & ~chosen if is_chosen else chosen & ~problem.always)
    partners = _better_partners(problem, chosen, candidate, others)
    broken = []
    for limit in limits_of(problem):
        if not limit.weight[candidate]:
            continue
        weight = limit.weight.astype(np.int64)
        moved = weight[candidate] - np.append(weight, 0)[partners]
        amount = int(weight[chosen].sum())
        after = amount - moved if is_chosen else amount + moved
        if (_distance(limit, after) > _distance(limit, amount)).any():
            broken.append(limit.name)
    return tuple(broken)


def _better_partners(problem: SelectionProblem, chosen: Bools, candidate: int, others: Ints) -> Ints:
    """With whom to exchange the candidate would gain value; -1 stands for nobody."""
    merit, covers = np.append(problem.merit, 0), np.vstack([problem.covers, np.zeros(problem.n_questions, dtype=bool)])
    partners = np.append(others, -1)
    sign = -1 if chosen[candidate] else 1
    n_covering = problem.covers[chosen].sum(axis=0)
    moved = covers[candidate].astype(np.int64) - covers[partners]
    after = n_covering + sign * moved > 0
    merit_gain = sign * (merit[candidate] - merit[partners])
    coverage_gain = (after.astype(np.int64) - (n_covering > 0)) @ problem.coverage_value
    return partners[merit_gain + coverage_gain > 0]


def _distance(limit: Limit, amount: Ints | int) -> Ints:
    """How far an amount is outside a limit."""
    return np.maximum(0, limit.minimum - amount) + np.maximum(0, amount - limit.maximum)


def _pin(problem: SelectionProblem, candidate: int) -> tuple[str, ...]:
    if problem.always[candidate]:
        return (ALWAYS,)
    return (NEVER,) if problem.never[candidate] else ()
