from dataclasses import replace

import numpy as np
from hypothesis import given, settings

from ml.decision.selection import select_candidates
from ml.decision.selection_prices import limit_price, limit_prices
from ml.decision.selection_problem import BUDGET, SEATS, Quota, broken_hard_limits
from tests.ml.decision.selection_oracle import is_feasible, problems, ranked_sets, without

MORE = 33_333


def standing_of(problem, chosen):
    """Breach (negated), people kept and value of one set, by the oracle."""
    alone = replace(problem, always=chosen, never=~chosen)
    (_,), (reached,) = ranked_sets(without(alone, {SEATS, BUDGET, *hard_quotas(problem)}))
    return reached


def hard_quotas(problem):
    return [quota.name for quota in problem.quotas if quota.price is None]


def changed(problem, name, step):
    """The problem with one limit dropped, or wider."""
    if step is None:
        return without(problem, {name})
    return replace(
        problem,
        seats=problem.seats + step * (name == SEATS),
        budget_cents=problem.budget_cents + step * (name == BUDGET),
        quotas=tuple(
            replace(quota, minimum=quota.minimum - 1, maximum=quota.maximum + 1) if quota.name == name else quota
            for quota in problem.quotas
        ),
    )


@settings(max_examples=80)
@given(problems(largest=7))
def test_prices_are_what_dropping_and_widening_gain(problem):
    if not is_feasible(problem):
        return
    selection = select_candidates(problem)
    prices = list(limit_prices(problem, selection, more_cents=MORE))
    names = [SEATS, BUDGET, *(quota.name for quota in problem.quotas)]

    steps = {BUDGET: MORE}
    asked = [(name, step) for name in names for step in (None, steps.get(name, 1))]
    assert [(price.name, price.widened_by) for price in prices] == asked
    for price in prices:
        wider = changed(problem, price.name, price.widened_by)
        sets, reached = ranked_sets(wider)
        gain = reached[0] - standing_of(wider, selection.chosen)
        assert (price.breach_saved, price.kept_gained, price.value_gained) == tuple(gain)
        best = sets[0] if gain.any() else selection.chosen
        assert price.enters.tolist() == np.flatnonzero(best & ~selection.chosen).tolist()
        assert price.leaves.tolist() == np.flatnonzero(selection.chosen & ~best).tolist()


def test_one_more_seat_and_more_money_name_who_would_come(small_problem):
    women = np.array([True, False, False, False])
    problem = small_problem(
        [5, 40, 30, 20], cost=[10, 10, 10, 30], seats=2, budget=40, quotas=[Quota("women", women, 1, 4)]
    )
    selection = select_candidates(problem)
    found = {(price.name, price.widened_by): price for price in limit_prices(problem, selection, more_cents=20)}

    assert selection.chosen.tolist() == [True, True, False, False]
    one_more = found[SEATS, 1]
    assert (one_more.value_gained, one_more.enters.tolist(), one_more.leaves.tolist()) == (30, [2], [])
    assert (found[BUDGET, 20].value_gained, found[BUDGET, None].value_gained) == (0, 0)
    free = found["women", None]
    assert (free.value_gained, free.enters.tolist(), free.leaves.tolist()) == (25, [2], [0])


def test_published_prices_of_the_quotas(conference):
    """METHODS.md 3b, seed 0: at most 15 from China cost 30.9 points, early career 27.5, two regions 5.9 and 5.6."""
    problem = conference(0)
    selection = select_candidates(problem)
    published = {"China": 30.9, "early career": 27.5, "Latin America": 5.9, "Africa": 5.6}

    for name, points in published.items():
        price = limit_price(problem, selection, name, None)
        assert round(price.value_gained / 100, 1) == points
        after = selection.chosen.copy()
        after[price.enters], after[price.leaves] = True, False
        assert broken_hard_limits(problem, after) == [name]
