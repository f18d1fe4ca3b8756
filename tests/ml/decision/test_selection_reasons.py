from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.decision.selection import select_candidates
from ml.decision.selection_problem import BUDGET, SEATS, Quota, priced_breach, value_total
from ml.decision.selection_reasons import why
from tests.ml.decision.selection_oracle import breaches, brute_force, is_feasible, problems, ranked_sets


@settings(max_examples=60)
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
    assert explanation.kept_lost == int((problem.kept & selection.chosen).sum() - (problem.kept & forced).sum())
    assert explanation.extra_breach == priced_breach(problem, forced) - priced_breach(problem, selection.chosen)
    assert explanation.leaves.tolist() == np.flatnonzero(selection.chosen & ~forced).tolist()
    assert explanation.enters.tolist() == np.flatnonzero(forced & ~selection.chosen).tolist()
    assert candidate in (explanation.leaves if was_in else explanation.enters)


def with_merit(problem, candidate, gain):
    return replace(problem, merit=problem.merit + gain * (np.arange(problem.n_candidates) == candidate))


def with_cost(problem, candidate, cut):
    return replace(problem, cost_cents=problem.cost_cents - cut * (np.arange(problem.n_candidates) == candidate))


def somebody_left_out(problem, number):
    """One of those left out and the reason; None where a selection cannot be made or takes everybody."""
    if not is_feasible(problem):
        return None
    selection = select_candidates(problem)
    left_out = np.flatnonzero(~selection.chosen)
    if not len(left_out):
        return None
    candidate = int(left_out[number % len(left_out)])
    return candidate, why(problem, selection, candidate)


@settings(max_examples=80)
@given(problems(largest=7), st.integers(0, 6))
def test_the_merit_gain_brings_a_person_in_and_no_smaller_one_does(problem, number):
    if (one := somebody_left_out(problem, number)) is None:
        return
    candidate, explanation = one
    gain = explanation.merit_gain
    if gain is None:
        assert not brute_force(with_merit(problem, candidate, 1000))[candidate]
        return
    assert gain in (explanation.price, explanation.price + 1)
    assert brute_force(with_merit(problem, candidate, explanation.price + 1))[candidate]
    assert brute_force(with_merit(problem, candidate, gain))[candidate]
    assert gain == 0 or not brute_force(with_merit(problem, candidate, gain - 1))[candidate]


@settings(max_examples=80)
@given(problems(largest=7), st.integers(0, 6))
def test_the_cost_cut_makes_a_person_worth_it_and_no_smaller_one_does(problem, number):
    if (one := somebody_left_out(problem, number)) is None:
        return
    candidate, explanation = one
    now, cut = best_standing(problem), explanation.cost_cut_cents
    if cut is None:
        free = with_cost(problem, candidate, int(problem.cost_cents[candidate]))
        assert problem.never[candidate] or best_standing(free) == now
        return
    cheaper = with_cost(problem, candidate, cut)
    assert brute_force(cheaper)[candidate] and best_standing(cheaper) > now
    assert best_standing(with_cost(problem, candidate, cut - 1)) == now


def best_standing(problem):
    return tuple(ranked_sets(problem)[1][0])


@settings(max_examples=80)
@given(problems(largest=7), st.integers(0, 6))
def test_own_limits_are_those_that_a_better_move_breaks(problem, candidate):
    """Moves one by one; a limit is broken where the distance to it grows."""
    if not is_feasible(problem):
        return
    candidate %= problem.n_candidates
    selection = select_candidates(problem)
    chosen = selection.chosen
    partners = np.flatnonzero((chosen != chosen[candidate]) & ~problem.always & ~problem.never)
    expected = set()
    for partner in (candidate, *partners):
        moved = chosen.copy()
        moved[[candidate, partner]] = ~chosen[[candidate, partner]]
        if value_total(problem, moved) > value_total(problem, chosen):
            before, after = breaches(problem, chosen[None]), breaches(problem, moved[None])
            expected |= {name for name in before if abs(after[name][0]) > abs(before[name][0])}
    counted = {quota.name for quota in problem.quotas if quota.members[candidate]} | {SEATS}
    counted |= {BUDGET} if problem.cost_cents[candidate] else set()
    assert set(why(problem, selection, candidate).own_limits) == expected & counted


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
    assert explanation.own_limits == ("budget",)
    assert (explanation.merit_gain, explanation.cost_cut_cents) == (11, 1)
    assert why(problem, selection, 0).own_limits == ("women",)
    assert why(problem, selection, 3).binding[-1] == "never"
    assert why(problem, selection, 0).price is None


def test_published_prices_of_the_conference(conference):
    """METHODS.md 3b, seed 0: merit lost by forcing in the first seven who were left out."""
    problem = conference(0)
    selection = select_candidates(problem)
    left_out = [one for one in np.argsort(-problem.merit, kind="stable") if not selection.chosen[one]]

    prices = [why(problem, selection, one).price for one in left_out[:7]]

    assert prices == [11, 78, 0, 0, 400, 550, 705]
