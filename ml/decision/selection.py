"""Which candidates are invited: the best set under seats, budget and quotas, exact and unique."""

from dataclasses import dataclass

import numpy as np

from ml.decision.selection_model import (
    NODE_LIMIT,
    Model,
    Outcome,
    SolverStopped,
    build_model,
    face,
    maximize,
    stage_objectives,
    value_objective,
)
from ml.decision.selection_problem import (
    Bools,
    SelectionProblem,
    broken_hard_limits,
    coverage_total,
    limits_of,
    standing,
)

PROVEN = "optimal"
NODE_LIMIT_REACHED = "node_limit"

# Weights 2^15 .. 1 order 16 candidates; more would come near the solver's tolerance of 1e-6.
BLOCK = 16


@dataclass(frozen=True, eq=False)
class Selection:
    """A selection, counted exactly.

    chosen: bool, shape (n_candidates,). quota_shortfall: per quota, people missing (positive) or too many
    (negative); 0 where it is kept. mip_gap: relative gap that the proof of the value left open.
    proven_optimal: breach, people kept and value are proven. status: PROVEN, or NODE_LIMIT_REACHED, where the
    set is the best found and another one might come first among equals.
    """

    chosen: Bools
    merit_total: int
    cost_total_cents: int
    coverage_total: int
    quota_shortfall: tuple[int, ...]
    mip_gap: float
    proven_optimal: bool
    status: str


@dataclass(frozen=True, eq=False)
class BestValue:
    """Result of the stages up to the value; ``model`` admits the sets that reach ``breach`` and ``n_kept``."""

    model: Model
    outcome: Outcome
    breach: int
    n_kept: int
    value: int
    proven: bool

    @property
    def standing(self) -> tuple[int, int, int]:
        """As ``selection_problem.standing``: greater is better."""
        return -self.breach, self.n_kept, self.value


def select_candidates(problem: SelectionProblem, *, node_limit: int = NODE_LIMIT) -> Selection:
    """Choose whom to invite, in stages, each keeping what the one before reached.

    1. The smallest priced breach of the soft quotas. 2. The most of the ``kept`` people. 3. The greatest merit
    plus coverage. 4. The greatest announced merit. 5. Of all sets that are equal so far, the one that takes the
    earliest tie ranks: at the first candidate in that order who is in only one of two sets, the set with that
    candidate wins. So the answer is unique, whatever the order of the input, and free seats that no merit
    claims are filled in the order of the ranks. (The smallest sum of ranks would not be unique: 1 + 4 = 2 + 3.)
    Raises: InfeasibleSelection; SolverStopped when the node limit came before any set, or when rounding the
    solver's answer to whole people broke a limit.
    Source: METHODS.md 3a.
    """
    return among_equals(problem, best_value(problem, node_limit=node_limit), node_limit=node_limit)


def among_equals(problem: SelectionProblem, best: BestValue, *, node_limit: int = NODE_LIMIT) -> Selection:
    """The last stages of ``select_candidates``, from what the first three reached.

    Raises: SolverStopped.
    """
    chosen, unique = best.outcome.chosen, False
    if best.proven:
        chosen, unique = _first_among_equals(best, problem, node_limit)
        _check_exactly(problem, chosen, best)
    breaches = [limit.breach(chosen) for limit in limits_of(problem)]
    n_quotas = len(problem.quotas)
    return Selection(
        chosen=chosen,
        merit_total=int(problem.merit[chosen].sum()),
        cost_total_cents=int(problem.cost_cents[chosen].sum()),
        coverage_total=coverage_total(problem, chosen),
        quota_shortfall=tuple(-breach for breach in breaches[len(breaches) - n_quotas :]),
        mip_gap=best.outcome.gap,
        proven_optimal=best.proven,
        status=PROVEN if unique else NODE_LIMIT_REACHED,
    )


def best_value(
    problem: SelectionProblem, *, dropped: frozenset[str] = frozenset(), node_limit: int = NODE_LIMIT
) -> BestValue:
    """Smallest priced breach, then most people kept, then greatest value; limits named in ``dropped`` left out.

    Raises: as ``select_candidates``.
    """
    model, proven = build_model(problem, dropped=dropped), True
    *first_stages, _ = stage_objectives(problem, dropped)
    reached = [0, 0]
    for place, weights in enumerate(first_stages):
        objective = model.objective(**weights)
        if objective.any():
            outcome = maximize(model, objective, node_limit=node_limit)
            proven = proven and outcome.proven
            reached[place] = standing(problem, outcome.chosen, dropped)[place]
            model = model.at_least(objective, reached[place])
    outcome = maximize(model, value_objective(model, problem), node_limit=node_limit)
    value = standing(problem, outcome.chosen, dropped)[-1]
    best = BestValue(model, outcome, -reached[0], reached[1], value, proven and outcome.proven)
    _check_exactly(problem, outcome.chosen, best, dropped)
    return best


def _first_among_equals(best: BestValue, problem: SelectionProblem, node_limit: int) -> tuple[Bools, bool]:
    """Of the sets of the best value the one that comes first, and whether that is proven."""
    chosen, proven = best.outcome.chosen, True
    model = face(best.model, value_objective(best.model, problem), best.value)
    announced = model.objective(candidate=problem.announced_merit)
    if announced[: model.n_candidates][model.open_candidates].any():
        outcome = maximize(model, announced, node_limit=node_limit)
        chosen, proven = outcome.chosen, outcome.proven
        model = face(model, announced, int(problem.announced_merit[chosen].sum()))
    chosen, in_order = _earliest_ranks(model, problem, chosen, node_limit)
    return chosen, proven and in_order


def _earliest_ranks(model: Model, problem: SelectionProblem, chosen: Bools, node_limit: int) -> tuple[Bools, bool]:
    """The lexicographically first of the sets a model admits, found block by block, and whether that is proven.

    After a block of which nobody can be in, one solve asks whether anybody of twice as many can, and so on: with
    the money spent, thousands are settled at once.
    """
    proven, size = True, BLOCK
    left = np.argsort(problem.tie_rank)
    left = left[model.open_candidates[left]]
    while len(left) and chosen[~np.isin(np.arange(len(chosen)), left)].sum() < problem.seats:
        block, weight = left[:size], np.zeros(len(chosen))
        weight[block] = 2.0 ** np.arange(len(block))[::-1] if size == BLOCK else 1
        outcome = maximize(model, model.objective(candidate=weight), node_limit=node_limit)
        chosen, proven = outcome.chosen, proven and outcome.proven
        if size > BLOCK and chosen[block].any():
            size = BLOCK
            continue
        model = model.with_candidates_fixed(weight > 0, chosen)
        left, size = left[size:], BLOCK if chosen[block].any() else 2 * size
    return chosen, proven


def _check_exactly(
    problem: SelectionProblem, chosen: Bools, best: BestValue, dropped: frozenset[str] = frozenset()
) -> None:
    """Recount a solution in integers: the solver works within tolerances, a budget does not."""
    broken = broken_hard_limits(problem, chosen, dropped)
    if broken:
        raise SolverStopped(f"The rounded selection breaks: {', '.join(broken)}.")
    counted = standing(problem, chosen, dropped)
    if counted < best.standing:
        raise SolverStopped(f"Breach, people kept and value are {counted}, not {best.standing}.")
