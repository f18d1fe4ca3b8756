from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings

from benchmarks.conferences import impossible
from ml.decision.selection import select_candidates
from ml.decision.selection_conflict import cheapest_repair, smallest_conflict
from ml.decision.selection_model import InfeasibleSelection
from ml.decision.selection_problem import ALWAYS, BUDGET, NEVER, SEATS, Quota
from tests.ml.decision.selection_oracle import breaches, every_set, hard_names, is_feasible, problems


def repaired(problem, change):
    """The problem with every change of a repair made."""
    quotas = []
    for quota in problem.quotas:
        shift = change.get(quota.name, 0)
        quotas.append(replace(quota, minimum=quota.minimum + min(0, shift), maximum=quota.maximum + max(0, shift)))
    seats, budget = problem.seats + change.get(SEATS, 0), problem.budget_cents + change.get(BUDGET, 0)
    return replace(problem, quotas=tuple(quotas), seats=seats, budget_cents=budget)


def deletion_filter(problem):
    """The conflict by trying limits for removal one by one, looking at every set."""
    found = breaches(problem, every_set(problem.n_candidates))
    kept = hard_names(problem)
    for name in hard_names(problem):
        fewer = [one for one in kept if one != name]
        if not any_set_keeps(found, fewer):
            kept = fewer
    return tuple(kept)


def any_set_keeps(found, names):
    return bool((~np.any([found[name] != 0 for name in names], axis=0)).any()) if names else True


@settings(max_examples=150)
@given(problems(largest=8))
def test_a_conflict_is_a_clash_and_none_of_it_is_idle(problem):
    conflict = smallest_conflict(problem)
    if is_feasible(problem):
        assert conflict == ()
        return
    found = breaches(problem, every_set(problem.n_candidates))
    assert conflict == deletion_filter(problem)
    assert not any_set_keeps(found, conflict)
    for size in range(len(conflict)):
        for fewer in combinations(conflict, size):
            assert any_set_keeps(found, fewer)


@settings(max_examples=150)
@given(problems(largest=8))
def test_no_repair_is_smaller(problem):
    """Money first, then seats, then people, then the quotas in their order: the least of all sets."""
    sets = every_set(problem.n_candidates)
    found = breaches(problem, sets)
    quotas = [np.abs(found[quota.name]) for quota in problem.quotas if quota.price is None]
    people = sum(quotas, np.zeros(len(sets), dtype=np.int64))
    order = np.lexsort((*quotas[::-1], people, found[SEATS], found[BUDGET]))
    best = order[(found[ALWAYS][order] == 0) & (found[NEVER][order] == 0)][0]
    change = cheapest_repair(problem)

    assert (change == {}) == is_feasible(problem)
    assert is_feasible(repaired(problem, change))
    for name in hard_names(problem):
        assert abs(change.get(name, 0)) == abs(found[name][best])


def test_repair_gives_way_at_the_quota_that_stands_last(small_problem):
    left, right = np.array([True, True, False, False]), np.array([False, False, True, True])
    quotas = (Quota("left", left, 2, 4), Quota("right", right, 2, 4))

    assert cheapest_repair(small_problem([1, 1, 1, 1], seats=3, quotas=quotas)) == {"right": -1}
    assert cheapest_repair(small_problem([1, 1, 1, 1], seats=3, quotas=quotas[::-1])) == {"left": -1}


def test_pins_beyond_seats_and_budget_are_named_and_repaired(small_problem):
    problem = small_problem([1, 1, 1], cost=[100, 250, 1], seats=1, budget=300, always=np.array([True, True, False]))

    assert smallest_conflict(problem) == (ALWAYS, BUDGET)
    assert cheapest_repair(problem) == {BUDGET: 50, SEATS: 1}
    with pytest.raises(InfeasibleSelection):
        select_candidates(problem)


def test_eight_pinned_in_exceed_seven_seats(small_problem):
    problem = small_problem(np.ones(9), seats=7, always=np.arange(9) < 8)

    assert smallest_conflict(problem) == (ALWAYS, SEATS)
    assert cheapest_repair(problem) == {SEATS: 1}


def test_a_quota_that_asks_for_more_than_there_are_left_names_who_said_no(small_problem):
    women = np.array([True, True, True, False])
    quota = Quota("women", women, 3, 4)
    problem = small_problem([1, 1, 1, 1], quotas=[quota], never=np.array([True, False, False, False]))

    assert smallest_conflict(problem) == (NEVER, "women")
    assert cheapest_repair(problem) == {"women": -1}


def test_published_infeasible_conference_is_explained(conference):
    """METHODS.md 3c: 20 from Africa and 45 women clash; the cheapest repair is 18 from Africa."""
    problem = impossible(conference(0))
    conflict = smallest_conflict(problem)

    assert {"Africa", "women"} <= set(conflict)
    assert cheapest_repair(problem) == {"Africa": -2}
