"""Every set of a few candidates, looked at one by one."""

from itertools import product

import numpy as np
from hypothesis import strategies as st

from ml.decision.selection_problem import (
    Quota,
    SelectionProblem,
    broken_hard_limits,
    priced_breach,
    value_total,
)


def every_set(problem):
    for bits in product([False, True], repeat=problem.n_candidates):
        yield np.array(bits, dtype=bool)


def brute_force(problem):
    """The set that the three stages define, found by looking at every set; None where all break a limit."""
    allowed = [chosen for chosen in every_set(problem) if not broken_hard_limits(problem, chosen)]
    by_rank = np.argsort(problem.tie_rank)
    standing = [
        (-priced_breach(problem, chosen), value_total(problem, chosen), tuple(chosen[by_rank]), chosen)
        for chosen in allowed
    ]
    return max(standing, key=lambda one: one[:3])[3] if standing else None


@st.composite
def problems(draw, largest=8):
    size, n_questions = draw(st.integers(1, largest)), draw(st.integers(0, 3))

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
        seats=draw(st.integers(0, size)),
        budget_cents=draw(st.integers(0, 10)) * 33_333,
        quotas=tuple(quotas),
        coverage_value=integers(n_questions, 5),
        covers=flags(size * n_questions).reshape(size, n_questions),
        always=pin == 8,
        never=pin == 9,
        tie_rank=np.array(draw(st.permutations(range(size))), dtype=np.int64),
    )
