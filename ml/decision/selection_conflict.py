"""Which limits cannot hold together, and the smallest change that lets a selection exist."""

import numpy as np

from ml.decision.selection_model import NODE_LIMIT, InfeasibleSelection, Model, build_model, maximize
from ml.decision.selection_problem import (
    ALWAYS,
    BUDGET,
    NEVER,
    SEATS,
    Bools,
    SelectionProblem,
    limits_of,
)

# Who said no and who must come are least open to negotiation, so they are tried for removal first.
PINS = (NEVER, ALWAYS)


def smallest_conflict(problem: SelectionProblem, *, node_limit: int = NODE_LIMIT) -> tuple[str, ...]:
    """Names of hard limits that cannot hold together, while any of them dropped would let the others hold.

    All people pinned in are one limit ``always``, all pinned out one limit ``never``. Limits are tried for
    removal in the order never, always, seats, budget, quotas; put the quotas that are least open to negotiation
    first, and those that are most open stay in the answer. What can be dropped together is dropped together,
    which gives the same answer as one by one, because fewer limits are never harder to keep.
    Returns: an empty tuple where a selection exists.
    Raises: SolverStopped.
    Source: METHODS.md 3c (deletion filter).
    """
    if _is_feasible(problem, frozenset(), node_limit):
        return ()
    names = [*PINS, *(limit.name for limit in limits_of(problem) if limit.price is None)]
    return _needed(problem, names, frozenset(), node_limit)


def _needed(problem: SelectionProblem, names: list[str], dropped: frozenset[str], node_limit: int) -> tuple[str, ...]:
    """Those of ``names`` that a clash needs, with ``dropped`` already gone."""
    if not _is_feasible(problem, dropped.union(names), node_limit):
        return ()
    if len(names) == 1:
        return (names[0],)
    first, second = names[: len(names) // 2], names[len(names) // 2 :]
    needed = _needed(problem, first, dropped, node_limit)
    return needed + _needed(problem, second, dropped.union(first).difference(needed), node_limit)


def cheapest_repair(problem: SelectionProblem, *, node_limit: int = NODE_LIMIT) -> dict[str, int]:
    """Smallest change of the hard limits that makes a selection possible; people pinned in or out stay so.

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
    model = build_model(problem, dropped=frozenset(names[hard]))
    for weight in (names == BUDGET, names == SEATS, is_quota):
        breaches, model = _least_breach(problem, model, weight, node_limit)
    place = -1
    while later := [one for one in np.flatnonzero(breaches * is_quota) if one > place]:
        place = later[0]
        is_earlier = is_quota & (np.arange(len(limits)) < place)
        model = model.with_breach_at_most(np.where(is_earlier, np.abs(breaches), np.inf))
        breaches, model = _least_breach(problem, model, np.arange(len(limits)) == place, node_limit)
    return {str(name): int(breach) for name, breach in zip(names[hard], breaches[hard], strict=True) if breach}


def _least_breach(problem: SelectionProblem, model: Model, counted: Bools, node_limit: int) -> tuple[np.ndarray, Model]:
    """Breach of every limit where the sum over the counted ones is least, and the model that holds it there."""
    objective = model.objective(missing=-counted.astype(float), excess=-counted.astype(float))
    chosen = maximize(model, objective, node_limit=node_limit).chosen
    breaches = np.array([limit.breach(chosen) for limit in limits_of(problem)])
    return breaches, model.at_least(objective, -int(counted @ np.abs(breaches)))


def _is_feasible(problem: SelectionProblem, dropped: frozenset[str], node_limit: int) -> bool:
    model = build_model(problem, dropped=dropped)
    try:
        maximize(model, model.objective(), node_limit=node_limit)
    except InfeasibleSelection:
        return False
    return True
