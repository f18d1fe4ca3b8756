"""Why a selection is as it is: prices by exact re-solving, clashes of limits and their cheapest repair."""

from dataclasses import dataclass, replace

import numpy as np

from ml.decision.selection import Selection, best_value, select_candidates
from ml.decision.selection_model import (
    NODE_LIMIT,
    InfeasibleSelection,
    build_model,
    maximize,
)
from ml.decision.selection_problem import (
    BUDGET,
    SEATS,
    Bools,
    Ints,
    SelectionProblem,
    limits_of,
    priced_breach,
    value_total,
)

ALWAYS = "always"
NEVER = "never"


@dataclass(frozen=True, eq=False)
class Explanation:
    """What forcing one candidate the other way would change.

    price: value (merit plus coverage) lost; None where no selection keeps the hard limits then.
    extra_breach: added penalty of the soft quotas; where it is above 0, the price may be below 0.
    leaves, enters: int; indexes of the candidates who would leave and enter, the candidate included.
    binding: names of the limits that are tight in the selection, and "always" or "never" for a pin.
    """

    candidate: int
    is_chosen: bool
    price: int | None
    extra_breach: int | None
    leaves: Ints
    enters: Ints
    binding: tuple[str, ...]


@dataclass(frozen=True)
class QuotaPrice:
    """What dropping one quota would change: value gained, and penalty of the other soft quotas saved."""

    name: str
    value_gained: int
    breach_saved: int


def why(
    problem: SelectionProblem, selection: Selection, candidate: int, *, node_limit: int = NODE_LIMIT
) -> Explanation:
    """Force one candidate out (if chosen) or in (if not), whatever is pinned, and compare.

    Raises: SolverStopped.
    Source: METHODS.md 3b.
    """
    candidate, is_chosen = int(candidate), bool(selection.chosen[candidate])
    always, never = problem.always.copy(), problem.never.copy()
    always[candidate], never[candidate] = not is_chosen, is_chosen
    forced = replace(problem, always=always, never=never)
    binding = _tight_limits(problem, selection.chosen) + _pin(problem, candidate)
    nobody = np.zeros(0, dtype=np.int64)
    try:
        other = select_candidates(forced, node_limit=node_limit).chosen
    except InfeasibleSelection:
        return Explanation(candidate, is_chosen, None, None, nobody, nobody, binding)
    return Explanation(
        candidate=candidate,
        is_chosen=is_chosen,
        price=value_total(problem, selection.chosen) - value_total(problem, other),
        extra_breach=priced_breach(problem, other) - priced_breach(problem, selection.chosen),
        leaves=np.flatnonzero(selection.chosen & ~other),
        enters=np.flatnonzero(other & ~selection.chosen),
        binding=binding,
    )


def quota_prices(
    problem: SelectionProblem, selection: Selection, *, node_limit: int = NODE_LIMIT
) -> tuple[QuotaPrice, ...]:
    """Price of every quota, in the order of the quotas: drop it, solve again, compare.

    Raises: SolverStopped.
    Source: METHODS.md 3b.
    """
    value = value_total(problem, selection.chosen)
    prices = []
    for quota in problem.quotas:
        dropped = frozenset({quota.name})
        without = best_value(problem, dropped=dropped, node_limit=node_limit)
        saved = priced_breach(problem, selection.chosen, dropped) - without.breach
        prices.append(QuotaPrice(quota.name, without.value - value, saved))
    return tuple(prices)


def smallest_conflict(problem: SelectionProblem, *, node_limit: int = NODE_LIMIT) -> tuple[str, ...]:
    """Names of hard limits that cannot hold together, while any of them dropped would let the others hold.

    Limits are tried for removal in the order seats, budget, quotas; put the quotas that are least open to
    negotiation first, and those that are most open stay in the answer. Pins always hold.
    Returns: an empty tuple where a selection exists.
    Raises: SolverStopped.
    Source: METHODS.md 3c (deletion filter).
    """
    hard = [limit.name for limit in limits_of(problem) if limit.price is None]
    if _is_feasible(problem, frozenset(), node_limit):
        return ()
    dropped: frozenset[str] = frozenset()
    for name in hard:
        if not _is_feasible(problem, dropped | {name}, node_limit):
            dropped |= {name}
    return tuple(name for name in hard if name not in dropped)


def cheapest_repair(problem: SelectionProblem, *, node_limit: int = NODE_LIMIT) -> dict[str, int]:
    """Smallest change of the hard limits that makes a selection possible.

    Money moves least, then seats, then as few people as possible over all hard quotas; between repairs of the
    same size, quotas that stand earlier are kept.
    Returns: name -> change; above 0 the maximum must rise by it, below 0 the minimum must fall. Empty where
    nothing needs to change.
    Raises: SolverStopped.
    Source: METHODS.md 3c (elastic program).
    """
    limits = limits_of(problem)
    hard = np.array([limit.price is None for limit in limits])
    names = np.array([limit.name for limit in limits])
    is_quota = hard & ~np.isin(names, [SEATS, BUDGET])
    kept_first = is_quota * np.arange(len(limits), 0, -1)
    model = build_model(problem, dropped=frozenset(names[hard]))
    for weight in (names == BUDGET, names == SEATS, is_quota, kept_first):
        objective = model.objective(missing=-weight.astype(float), excess=-weight.astype(float))
        chosen = maximize(model, objective, node_limit=node_limit).chosen
        breaches = np.array([limit.breach(chosen) for limit in limits])
        model = model.at_least(objective, -int(weight @ np.abs(breaches)))
    return {str(name): int(breach) for name, breach in zip(names[hard], breaches[hard], strict=True) if breach}


def _is_feasible(problem: SelectionProblem, dropped: frozenset[str], node_limit: int) -> bool:
    model = build_model(problem, dropped=dropped)
    try:
        maximize(model, model.objective(), node_limit=node_limit)
    except InfeasibleSelection:
        return False
    return True


def _tight_limits(problem: SelectionProblem, chosen: Bools) -> tuple[str, ...]:
    """Limits that one more or one less person would break; the budget when it cannot pay anybody left out."""
    tight = []
    for limit in limits_of(problem):
        amount = int(limit.weight[chosen].sum())
        left_out = limit.weight[~chosen & ~problem.never & (limit.weight > 0)]
        full = len(left_out) > 0 and amount + int(left_out.min()) > limit.maximum
        if full or (0 < amount <= limit.minimum):
            tight.append(limit.name)
    return tuple(tight)


def _pin(problem: SelectionProblem, candidate: int) -> tuple[str, ...]:
    if problem.always[candidate]:
        return (ALWAYS,)
    return (NEVER,) if problem.never[candidate] else ()
