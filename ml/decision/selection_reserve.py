"""Who comes next: a reserve in order, and who takes the place of one person who declines."""

from dataclasses import dataclass, replace

import numpy as np

from ml.decision.selection import Selection, select_candidates
from ml.decision.selection_model import NODE_LIMIT, InfeasibleSelection
from ml.decision.selection_problem import Ints, Quota, SelectionProblem, standing


@dataclass(frozen=True, eq=False)
class Substitute:
    """Who comes if one person declines and everybody else stays.

    enters: int; mostly one index, none where nobody fits, or more where seats were free for want of money.
    price: value lost. extra_breach: added penalty of the soft quotas. Both None, and nobody enters, where the
    hard limits cannot be kept unless others leave too; a replacement of the whole selection is needed then.
    """

    leaves: int
    enters: Ints
    price: int | None
    extra_breach: int | None


def reserve_list(
    problem: SelectionProblem, selection: Selection, *, n_places: int = 20, node_limit: int = NODE_LIMIT
) -> Ints:
    """Indexes of the reserve: whoever has more merit comes first, and the tie rank decides among equals.

    Who is in it: the best selection of ``n_places`` among those left out, with the budget and every quota scaled
    by ``n_places / seats`` (minimum rounded down, maximum and budget up), so that the reserve resembles the
    selection. No quota is hard for it: a hard one costs more than all soft ones would together.
    Raises: SolverStopped.
    Source: METHODS.md 3b.
    """
    seats = max(1, problem.seats)
    nobody = np.zeros(problem.n_candidates, dtype=bool)
    reserve = replace(
        problem,
        seats=n_places,
        budget_cents=-(-problem.budget_cents * n_places // seats),
        quotas=_scaled(problem.quotas, n_places, seats),
        always=nobody,
        never=problem.never | selection.chosen,
        kept=nobody,
    )
    members = np.flatnonzero(select_candidates(reserve, node_limit=node_limit).chosen)
    return members[np.lexsort((problem.tie_rank[members], -problem.merit[members]))]


def substitute(
    problem: SelectionProblem, selection: Selection, candidate: int, *, node_limit: int = NODE_LIMIT
) -> Substitute:
    """Who takes the place of one chosen person, if all others of the selection stay.

    Raises: SolverStopped.
    Source: METHODS.md 3b.
    """
    leaves = np.arange(problem.n_candidates) == candidate
    others = selection.chosen & ~leaves
    without = replace(problem, always=others, never=(problem.never & ~others) | leaves)
    try:
        after = select_candidates(without, node_limit=node_limit).chosen
    except InfeasibleSelection:
        return Substitute(int(candidate), np.zeros(0, dtype=np.int64), None, None)
    breach_before, _, value_before = standing(problem, selection.chosen)
    breach_after, _, value_after = standing(problem, after)
    return Substitute(
        leaves=int(candidate),
        enters=np.flatnonzero(after & ~selection.chosen),
        price=value_before - value_after,
        extra_breach=breach_before - breach_after,
    )


def _scaled(quotas: tuple[Quota, ...], n_places: int, seats: int) -> tuple[Quota, ...]:
    """The quotas for a reserve, all of them soft."""
    hard_price = 1 + n_places * sum(quota.price or 0 for quota in quotas)
    return tuple(
        replace(
            quota,
            minimum=quota.minimum * n_places // seats,
            maximum=-(-quota.maximum * n_places // seats),
            price=hard_price if quota.price is None else quota.price,
        )
        for quota in quotas
    )
