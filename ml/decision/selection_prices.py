"""What each limit costs: the gain if it were dropped or a little wider, by exact re-solving."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ml.decision.selection import Selection, among_equals, best_value
from ml.decision.selection_model import NODE_LIMIT
from ml.decision.selection_problem import (
    BUDGET,
    SEATS,
    Ints,
    SelectionProblem,
    limits_of,
    standing,
    tight_limits,
)


@dataclass(frozen=True, eq=False)
class LimitPrice:
    """What one change of one limit would bring; it binds for those who would enter or leave.

    widened_by: None where the limit is dropped; else seats, cents, or people at both ends of a quota.
    value_gained: merit plus coverage; below 0 only where breach is saved or more of the kept people stay.
    breach_saved: penalty of the soft quotas, the dropped one left out. kept_gained: more of the ``kept`` people.
    enters, leaves: int; indexes of the candidates who would come and go; empty where nothing is gained.
    """

    name: str
    widened_by: int | None
    value_gained: int
    breach_saved: int
    kept_gained: int
    enters: Ints
    leaves: Ints

    @property
    def is_gain(self) -> bool:
        return bool(self.value_gained or self.breach_saved or self.kept_gained)


def limit_prices(
    problem: SelectionProblem, selection: Selection, *, more_cents: int = 500_000, node_limit: int = NODE_LIMIT
) -> Iterator[LimitPrice]:
    """Two prices of every limit, first dropped and then wider, in the order seats, budget, quotas, one at a time.

    Wider is one more seat, ``more_cents`` more, one person more and less at the ends of a quota. Dropping a
    limit gains at least what widening it gains, so that a limit whose absence gains nothing is solved once.
    Raises: SolverStopped.
    Source: METHODS.md 3b.
    """
    free = _free_limits(problem, selection, node_limit)
    for limit in limits_of(problem):
        step = more_cents if limit.name == BUDGET else 1
        without = _nothing(limit.name, None)
        if limit.name not in free:
            without = limit_price(problem, selection, limit.name, None, node_limit=node_limit)
        yield without
        yield (
            limit_price(problem, selection, limit.name, step, node_limit=node_limit)
            if without.is_gain
            else replace(without, widened_by=step)
        )


def limit_price(
    problem: SelectionProblem, selection: Selection, name: str, step: int | None, *, node_limit: int = NODE_LIMIT
) -> LimitPrice:
    """The price of one limit, wider by ``step`` or dropped where it is None.

    Raises: SolverStopped.
    """
    wider = widened(problem, name, step)
    now = standing(wider, selection.chosen)
    best = best_value(wider, node_limit=node_limit)
    if best.standing == now:
        return _nothing(name, step)
    other = among_equals(wider, best, node_limit=node_limit).chosen
    breach, kept, value = (after - before for after, before in zip(standing(wider, other), now, strict=True))
    return LimitPrice(
        name=name,
        widened_by=step,
        value_gained=value,
        breach_saved=breach,
        kept_gained=kept,
        enters=np.flatnonzero(other & ~selection.chosen),
        leaves=np.flatnonzero(selection.chosen & ~other),
    )


def widened(problem: SelectionProblem, name: str, step: int | None) -> SelectionProblem:
    """The problem with one limit wider by ``step``, or without it."""
    if name == SEATS:
        return replace(problem, seats=problem.n_candidates if step is None else problem.seats + step)
    if name == BUDGET:
        everybody = int(problem.cost_cents.sum())
        return replace(problem, budget_cents=problem.budget_cents + (everybody if step is None else step))
    quotas = []
    for quota in problem.quotas:
        if quota.name == name and step is None:
            continue
        by = step if quota.name == name else 0
        quotas.append(replace(quota, minimum=quota.minimum - by, maximum=quota.maximum + by))
    return replace(problem, quotas=tuple(quotas))


def _nothing(name: str, step: int | None) -> LimitPrice:
    nobody = np.zeros(0, dtype=np.int64)
    return LimitPrice(name, step, 0, 0, 0, nobody, nobody)


def _free_limits(problem: SelectionProblem, selection: Selection, node_limit: int) -> frozenset[str]:
    """Limits that can go, each alone, without any gain.

    Dropping one of a group gains at most what dropping the whole group gains, so that a group that gains
    nothing is settled by one solve; another one is halved. Tight limits are taken to cost something.
    """
    tight = tight_limits(problem, selection.chosen)
    free: set[str] = set()
    groups = [[limit.name for limit in limits_of(problem) if limit.name not in tight]]
    while groups:
        group = groups.pop()
        dropped = frozenset(group)
        best = best_value(problem, dropped=dropped, node_limit=node_limit)
        if best.standing == standing(problem, selection.chosen, dropped):
            free |= dropped
        elif len(group) > 1:
            groups += [group[: len(group) // 2], group[len(group) // 2 :]]
    return frozenset(free)
