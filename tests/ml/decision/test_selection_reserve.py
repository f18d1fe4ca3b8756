from dataclasses import replace

import numpy as np
from hypothesis import given, settings

from ml.decision.selection import select_candidates
from ml.decision.selection_problem import Quota, priced_breach, value_total
from ml.decision.selection_reserve import reserve_list, substitute
from tests.ml.decision.selection_oracle import brute_force, is_feasible, problems, ranked_sets


@settings(max_examples=80)
@given(problems(smallest=2, largest=8))
def test_a_substitute_is_the_best_addition_to_those_who_stay(problem):
    if not is_feasible(problem):
        return
    selection = select_candidates(problem)
    for candidate in np.flatnonzero(selection.chosen):
        leaves = np.arange(problem.n_candidates) == candidate
        others = selection.chosen & ~leaves
        sets, _ = ranked_sets(replace(problem, always=others, never=(problem.never & ~others) | leaves))
        found = substitute(problem, selection, candidate)
        assert found.leaves == candidate
        if not len(sets):
            assert found.price is None and found.extra_breach is None and not len(found.enters)
            continue
        assert found.enters.tolist() == np.flatnonzero(sets[0] & ~selection.chosen).tolist()
        assert found.price == value_total(problem, selection.chosen) - value_total(problem, sets[0])
        assert found.extra_breach == priced_breach(problem, sets[0]) - priced_breach(problem, selection.chosen)


@settings(max_examples=60)
@given(problems(smallest=3, largest=10))
def test_a_replacement_changes_as_few_as_possible(problem):
    """One of the invited has said yes, one no: whoever else was invited stays, as far as the limits let them."""
    if not is_feasible(problem):
        return
    chosen = select_candidates(problem).chosen
    if chosen.sum() < 2:
        return
    accepted, declined, *_ = np.flatnonzero(chosen)
    each = np.arange(problem.n_candidates)
    after = replace(
        problem,
        always=(problem.always & chosen & (each != declined)) | (each == accepted),
        never=(problem.never & ~chosen) | (each == declined),
        kept=chosen & ~np.isin(each, [accepted, declined]),
    )
    sets, reached = ranked_sets(after)
    if not len(sets):
        return
    replaced = select_candidates(after).chosen

    assert replaced[accepted] and not replaced[declined]
    least_breach = reached[reached[:, 0] == reached[0, 0]]
    assert (replaced & after.kept).sum() == least_breach[:, 1].max()
    np.testing.assert_array_equal(replaced, brute_force(after))


def test_keeping_people_comes_before_value(small_problem):
    problem = small_problem([9, 8, 1, 1], seats=2, kept=np.array([False, False, True, False]))

    assert select_candidates(problem).chosen.tolist() == [True, False, True, False]


def test_the_reserve_is_ordered_by_merit_then_rank(small_problem):
    problem = small_problem([9, 5, 7, 5, 1], seats=1, tie_rank=np.array([0, 4, 2, 1, 3]))
    selection = select_candidates(problem)

    assert reserve_list(problem, selection, n_places=3).tolist() == [2, 3, 1]
    assert reserve_list(problem, selection).tolist() == [2, 3, 1, 4]


def test_the_reserve_resembles_the_selection(small_problem):
    """Half of the seats for women means half of the reserve, although all men have more merit."""
    women = np.arange(10) >= 5
    problem = small_problem(
        [9, 9, 9, 9, 9, 1, 1, 1, 1, 1], seats=4, quotas=[Quota("women", women, 2, 4)], tie_rank=np.arange(10)
    )
    selection = select_candidates(problem)

    assert selection.chosen.sum() == 4 and (selection.chosen & women).sum() == 2
    assert reserve_list(problem, selection, n_places=2).tolist() == [2, 7]
    everybody_else = reserve_list(problem, selection, n_places=6)
    assert everybody_else.tolist() == [2, 3, 4, 7, 8, 9]


def test_nobody_who_said_no_is_in_the_reserve(small_problem):
    problem = small_problem([9, 8, 7], seats=1, never=np.array([False, True, False]))

    assert reserve_list(problem, select_candidates(problem)).tolist() == [2]
