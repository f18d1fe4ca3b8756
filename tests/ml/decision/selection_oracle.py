"""Every set of a few candidates, counted one by one, without the model and the solver."""

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from ml.decision.selection_problem import ALWAYS, BUDGET, NEVER, SEATS, Quota, SelectionProblem

NO_LIMIT = 10**9


def every_set(size):
    """All subsets of ``size`` candidates, bool, shape (2^size, size)."""
    return (np.arange(2**size)[:, None] >> np.arange(size)) % 2 == 1


def breaches(problem, sets):
    """Signed distance to every limit, hard and soft, by name; pins count who is missing or too many."""
    found = {
        NEVER: (sets & problem.never).sum(axis=1),
        ALWAYS: -(~sets & problem.always).sum(axis=1),
        SEATS: np.maximum(0, sets.sum(axis=1) - problem.seats),
        BUDGET: np.maximum(0, sets @ problem.cost_cents - problem.budget_cents),
    }
    for quota in problem.quotas:
        count = (sets & quota.members).sum(axis=1)
        found[quota.name] = np.minimum(0, count - quota.minimum) + np.maximum(0, count - quota.maximum)
    return found


def hard_names(problem):
    return [NEVER, ALWAYS, SEATS, BUDGET, *(quota.name for quota in problem.quotas if quota.price is None)]


def ranked_sets(problem):
    """The sets that keep the hard limits, the best first, with breach (negated), people kept and value."""
    sets = every_set(problem.n_candidates)
    found = breaches(problem, sets)
    allowed = ~np.any([found[name] != 0 for name in hard_names(problem)], axis=0)
    prices = [quota.price * np.abs(found[quota.name]) for quota in problem.quotas if quota.price is not None]
    breach = sum(prices, np.zeros(len(sets), dtype=np.int64))
    covered = (sets[:, :, None] & problem.covers).any(axis=1)
    value = sets @ problem.merit + covered @ problem.coverage_value
    in_ranks = sets[:, np.argsort(problem.tie_rank)] @ 2 ** np.arange(problem.n_candidates)[::-1]
    n_kept, announced = (sets & problem.kept).sum(axis=1), sets @ problem.announced_merit
    order = np.lexsort((-in_ranks, -announced, -value, -n_kept, breach))
    order = order[allowed[order]]
    return sets[order], np.column_stack([-breach, n_kept, value])[order]


def brute_force(problem):
    """The set that the stages define, found by looking at every set; None where all break a limit."""
    sets, _ = ranked_sets(problem)
    return sets[0] if len(sets) else None


def is_feasible(problem):
    return brute_force(problem) is not None


def without(problem, names):
    """The problem with the named limits and pins lifted."""
    nobody = np.zeros(problem.n_candidates, dtype=bool)
    return replace(
        problem,
        quotas=tuple(quota for quota in problem.quotas if quota.name not in names),
        seats=problem.n_candidates if SEATS in names else problem.seats,
        budget_cents=NO_LIMIT if BUDGET in names else problem.budget_cents,
        always=nobody if ALWAYS in names else problem.always,
        never=nobody if NEVER in names else problem.never,
    )


@st.composite
def problems(draw, smallest=1, largest=8, most_seats=6):
    size, n_questions = draw(st.integers(smallest, largest)), draw(st.integers(0, 3))

    def integers(length, highest):
        return np.array(draw(st.lists(st.integers(0, highest), min_size=length, max_size=length)), dtype=np.int64)

    def flags(length):
        return np.array(draw(st.lists(st.booleans(), min_size=length, max_size=length)), dtype=bool)

    quotas = []
    for index in range(draw(st.integers(0, 3))):
        minimum = draw(st.integers(0, 3))
        maximum = minimum + draw(st.integers(0, 3))
        price = draw(st.one_of(st.none(), st.integers(1, 9)))
        quotas.append(Quota(f"quota {index}", flags(size), minimum, maximum, price))
    pin = integers(size, 9)
    return SelectionProblem(
        merit=integers(size, 6),
        cost_cents=integers(size, 4) * 33_333,
        seats=draw(st.integers(0, min(size, most_seats))),
        budget_cents=draw(st.integers(0, 10)) * 33_333,
        quotas=tuple(quotas),
        coverage_value=integers(n_questions, 5),
        covers=flags(size * n_questions).reshape(size, n_questions),
        always=pin == 8,
        never=pin == 9,
        tie_rank=np.array(draw(st.permutations(range(size))), dtype=np.int64),
        kept=(pin < 3) & draw(st.booleans()),
        announced_merit=integers(size, 3) * draw(st.integers(0, 1)),
    )
