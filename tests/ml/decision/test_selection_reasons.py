from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.decision.selection import select_candidates
from ml.decision.selection_model import InfeasibleSelection
from ml.decision.selection_problem import BUDGET, SEATS, Quota, priced_breach, value_total
from ml.decision.selection_reasons import cheapest_repair, quota_prices, smallest_conflict, why
from tests.ml.decision.selection_oracle import brute_force, problems

NO_LIMIT = 10**6


def without(problem, names):
    """The problem with the named limits lifted."""
    quotas = tuple(quota for quota in problem.quotas if quota.name not in names)
    lifted = replace(problem, quotas=quotas)
    if SEATS in names:
        lifted = replace(lifted, seats=problem.n_candidates)
    return replace(lifted, budget_cents=NO_LIMIT) if BUDGET in names else lifted


def repaired(problem, change):
    """The problem with every change of a repair made."""
    quotas = []
    for quota in problem.quotas:
        shift = change.get(quota.name, 0)
        quotas.append(replace(quota, minimum=quota.minimum + min(0, shift), maximum=quota.maximum + max(0, shift)))
    seats, budget = problem.seats + change.get(SEATS, 0), problem.budget_cents + change.get(BUDGET, 0)
    return replace(problem, quotas=tuple(quotas), seats=seats, budget_cents=budget)


def is_feasible(problem):
    return brute_force(problem) is not None


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


@settings(max_examples=40, deadline=None)
@given(problems(largest=6))
def test_quota_prices_are_what_dropping_gains(problem):
    if not is_feasible(problem):
        return
    selection = select_candidates(problem)
    prices = quota_prices(problem, selection)

    assert [price.name for price in prices] == [quota.name for quota in problem.quotas]
    for price in prices:
        lifted = without(problem, {price.name})
        best = brute_force(lifted)
        assert price.value_gained == value_total(problem, best) - value_total(problem, selection.chosen)
        assert price.breach_saved == priced_breach(lifted, selection.chosen) - priced_breach(lifted, best)


@settings(max_examples=120, deadline=None)
@given(problems(largest=6))
def test_a_conflict_is_a_clash_and_none_of_it_is_idle(problem):
    hard = {SEATS, BUDGET, *(quota.name for quota in problem.quotas if quota.price is None)}
    conflict = smallest_conflict(problem)
    if is_feasible(problem):
        assert conflict == ()
        return
    assert set(conflict) <= hard and conflict
    assert not is_feasible(without(problem, hard - set(conflict)))
    for name in conflict:
        assert is_feasible(without(problem, (hard - set(conflict)) | {name}))


@settings(max_examples=120, deadline=None)
@given(problems(largest=6))
def test_a_repair_works_and_no_single_step_of_it_is_spare(problem):
    change = cheapest_repair(problem)
    assert (change == {}) == is_feasible(problem)
    assert is_feasible(repaired(problem, change))
    for name, shift in change.items():
        step = 1 if shift > 0 else -1
        assert not is_feasible(repaired(problem, {**change, name: shift - step}))


def test_repair_gives_way_at_the_quota_that_stands_last(small_problem):
    left, right = np.array([True, True, False, False]), np.array([False, False, True, True])
    quotas = (Quota("left", left, 2, 4), Quota("right", right, 2, 4))

    assert cheapest_repair(small_problem([1, 1, 1, 1], seats=3, quotas=quotas)) == {"right": -1}
    assert cheapest_repair(small_problem([1, 1, 1, 1], seats=3, quotas=quotas[::-1])) == {"left": -1}


def test_pins_beyond_seats_and_budget_are_repaired_there(small_problem):
    problem = small_problem([1, 1, 1], cost=[100, 250, 1], seats=1, budget=300, always=np.array([True, True, False]))

    assert smallest_conflict(problem) == ("budget",)
    assert cheapest_repair(problem) == {"budget": 50, "seats": 1}
    with pytest.raises(InfeasibleSelection):
        select_candidates(problem)


def test_published_infeasible_conference_is_explained(conference):
    """METHODS.md 3c: 20 from Africa and 45 women clash; the cheapest repair is 18 from Africa."""
    problem = conference(0)
    asked = {"Africa": 20, "women": 45}
    problem = replace(
        problem,
        quotas=tuple(
            replace(quota, minimum=asked.get(quota.name, quota.minimum))
            for quota in problem.quotas
            if quota.name in asked or not quota.name.startswith(("institution", "country"))
        ),
    )
    conflict = smallest_conflict(problem)

    assert {"Africa", "women"} <= set(conflict)
    assert cheapest_repair(problem) == {"Africa": -2}
