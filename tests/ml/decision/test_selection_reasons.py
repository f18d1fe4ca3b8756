from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.decision.selection import select_candidates
from ml.decision.selection_problem import Quota, priced_breach, value_total
from ml.decision.selection_reasons import why
from tests.ml.decision.selection_oracle import brute_force, is_feasible, problems


@settings(max_examples=60, deadline=None)
@given(problems(largest=6), st.integers(0, 5))
def test_why_is_the_difference_to_the_forced_optimum(problem, candidate):
    candidate %= problem.n_candidates
    if not is_feasible(problem):
        return
    selection = select_candidates(problem)
    explanation = why(problem, selection, candidate)
    flag = np.arange(problem.n_candidates) == candidate
    was_in = selection.chosen[candidate]
    forced = brute_force(
        replace(
            problem,
            always=(problem.always & ~flag) | (flag & ~was_in),
            never=(problem.never & ~flag) | (flag & was_in),
        )
    )
    assert explanation.is_chosen == was_in
    if forced is None:
        assert explanation.price is None and explanation.extra_breach is None
        return
    assert explanation.price == value_total(problem, selection.chosen) - value_total(problem, forced)
    assert explanation.extra_breach == priced_breach(problem, forced) - priced_breach(problem, selection.chosen)
    assert explanation.leaves.tolist() == np.flatnonzero(selection.chosen & ~forced).tolist()
    assert explanation.enters.tolist() == np.flatnonzero(forced & ~selection.chosen).tolist()
    assert candidate in (explanation.leaves if was_in else explanation.enters)


def test_why_names_what_is_tight(small_problem):
    women = np.array([True, False, False, False])
    problem = small_problem(
        [5, 40, 30, 20],
        cost=[10, 10, 10, 10],
        budget=29,
        seats=3,
        quotas=[Quota("women", women, 1, 2)],
        never=np.array([False, False, False, True]),
    )
    selection = select_candidates(problem)
    explanation = why(problem, selection, 2)

    assert selection.chosen.tolist() == [True, True, False, False]
    assert explanation.binding == ("budget", "women")
    assert (explanation.price, explanation.leaves.tolist()) == (10, [1])
    assert why(problem, selection, 3).binding[-1] == "never"
    assert why(problem, selection, 0).price is None


def test_published_prices_of_the_conference(conference):
    """METHODS.md 3b, seed 0: merit lost by forcing in the first seven who were left out."""
    problem = conference(0)
    selection = select_candidates(problem)
    left_out = [one for one in np.argsort(-problem.merit, kind="stable") if not selection.chosen[one]]

    prices = [why(problem, selection, one).price for one in left_out[:7]]

    assert prices == [11, 78, 0, 0, 400, 550, 705]
