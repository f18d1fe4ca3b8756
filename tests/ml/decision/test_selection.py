from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.decision.selection import NODE_LIMIT_REACHED, PROVEN, select_candidates
from ml.decision.selection_model import InfeasibleSelection
from ml.decision.selection_problem import Quota, broken_hard_limits, value_total
from tests.ml.decision.selection_oracle import brute_force, problems


def permuted(problem, order):
    return replace(
        problem,
        merit=problem.merit[order],
        cost_cents=problem.cost_cents[order],
        quotas=tuple(replace(quota, members=quota.members[order]) for quota in reversed(problem.quotas)),
        covers=problem.covers[order],
        always=problem.always[order],
        never=problem.never[order],
        tie_rank=problem.tie_rank[order],
        kept=problem.kept[order],
        announced_merit=problem.announced_merit[order],
    )


@settings(max_examples=150)
@given(problems())
def test_selection_is_that_of_brute_force(problem):
    best = brute_force(problem)
    if best is None:
        with pytest.raises(InfeasibleSelection):
            select_candidates(problem)
        return
    selection = select_candidates(problem)

    np.testing.assert_array_equal(selection.chosen, best)
    assert selection.status == PROVEN and selection.proven_optimal
    assert selection.merit_total + selection.coverage_total == value_total(problem, best)
    assert selection.cost_total_cents == problem.cost_cents[best].sum()
    counts = [int((quota.members & best).sum()) for quota in problem.quotas]
    for quota, count, shortfall in zip(problem.quotas, counts, selection.quota_shortfall, strict=True):
        assert quota.minimum <= count + shortfall <= quota.maximum or shortfall != 0
        assert (shortfall == 0) == (quota.minimum <= count <= quota.maximum)


@settings(max_examples=40)
@given(problems(smallest=9, largest=14))
def test_fourteen_candidates_are_that_of_brute_force(problem):
    best = brute_force(problem)
    if best is not None:
        np.testing.assert_array_equal(select_candidates(problem).chosen, best)


@settings(max_examples=60)
@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_nothing(problem, random):
    order = np.array(random.sample(range(problem.n_candidates), problem.n_candidates))
    try:
        selection = select_candidates(problem)
    except InfeasibleSelection:
        return
    np.testing.assert_array_equal(select_candidates(permuted(problem, order)).chosen, selection.chosen[order])


def test_equal_sums_of_ranks_are_still_one_answer(small_problem):
    """Only {0, 3} and {1, 2} fill both seats, and 0 + 3 = 1 + 2: the set that holds rank 0 comes first."""
    clashes = [[0, 1], [0, 2], [1, 3], [2, 3]]
    quotas = [Quota(str(pair), np.isin(np.arange(4), pair), 0, 1) for pair in clashes]

    for seed in range(6):
        order = np.random.default_rng(seed).permutation(4)
        problem = permuted(small_problem([5, 5, 5, 5], seats=2, quotas=quotas), order)
        assert sorted(problem.tie_rank[select_candidates(problem).chosen]) == [0, 3]


def test_free_seats_are_filled_in_the_order_of_the_ranks(small_problem):
    problem = small_problem([9, 0, 0, 0], seats=3, tie_rank=np.array([3, 2, 0, 1]))

    assert select_candidates(problem).chosen.tolist() == [True, False, True, True]


def test_a_soft_quota_is_broken_no_more_than_needed(small_problem):
    women = np.array([True, True, False, False])
    problem = small_problem([1, 2, 50, 60], seats=3, quotas=[Quota("women", women, 3, 4, price=10)])
    selection = select_candidates(problem)

    assert selection.chosen.tolist() == [True, True, False, True]
    assert selection.quota_shortfall == (1,)


def test_a_budget_is_kept_to_the_cent(small_problem):
    cost = np.array([3_333_334, 3_333_333, 3_333_333])
    over = small_problem([10, 10, 10], cost=cost, budget=9_999_999)
    exact = small_problem([10, 10, 10], cost=cost, budget=10_000_000)

    assert select_candidates(over).chosen.sum() == 2
    assert select_candidates(exact).chosen.sum() == 3


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.integers(-1, 1))
def test_large_numbers_are_exact_beside_a_full_budget(small_problem, seed, cents):
    random = np.random.default_rng(seed)
    cost = random.integers(10**5, 10**7, size=9)
    some = random.random(9) < 0.5
    problem = small_problem(
        random.integers(10**4, 10**5, size=9), cost=cost, budget=max(0, int(cost[some].sum()) + cents)
    )

    np.testing.assert_array_equal(select_candidates(problem).chosen, brute_force(problem))


def test_a_question_is_covered_once(small_problem):
    problem = small_problem(
        [10, 9, 1],
        seats=2,
        coverage_value=np.array([8, 20]),
        covers=np.array([[True, False], [True, False], [False, True]]),
    )
    selection = select_candidates(problem)

    assert selection.chosen.tolist() == [True, False, True]
    assert (selection.merit_total, selection.coverage_total) == (11, 28)


def test_ties_among_ten_thousand_are_broken_in_order(small_problem):
    size = 10_000
    tie_rank = np.random.default_rng(0).permutation(size)
    problem = small_problem(np.full(size, 7), seats=40, tie_rank=tie_rank)
    problem = replace(problem, never=tie_rank % 2 == 1)

    assert sorted(tie_rank[select_candidates(problem).chosen]) == list(range(0, 80, 2))


def test_the_published_conference_is_solved_with_no_gap_and_in_silence(conference, capfd):
    """METHODS.md 3a, seed 0: merit 4895.24 for 60 seats; the solver writes no line of its own, repairing or not."""
    problem = conference(0)
    selection = select_candidates(problem)

    assert selection.merit_total == 489_524
    assert selection.mip_gap == 0 and selection.status == PROVEN
    assert selection.chosen.sum() == 60
    assert broken_hard_limits(problem, selection.chosen) == []
    assert select_candidates(problem).chosen.tobytes() == selection.chosen.tobytes()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("seed", [1, 2])
def test_a_conference_full_of_ties_does_not_depend_on_its_order(conference, seed):
    problem = conference(seed, merit_scale=0.1)
    order = np.random.default_rng(seed).permutation(problem.n_candidates)
    selection = select_candidates(problem)

    assert selection.mip_gap == 0
    np.testing.assert_array_equal(select_candidates(permuted(problem, order)).chosen, selection.chosen[order])


def test_an_unfinished_search_says_so(small_problem):
    random = np.random.default_rng(3)
    value = random.integers(10_000, 99_999, size=40)
    problem = small_problem(value, cost=value, budget=int(value.sum()) // 2)
    stopped = select_candidates(problem, node_limit=1)

    assert stopped.status == NODE_LIMIT_REACHED and not stopped.proven_optimal
    assert stopped.mip_gap > 0
    assert broken_hard_limits(problem, stopped.chosen) == []


@pytest.mark.parametrize(
    "change",
    [
        {"tie_rank": np.array([1, 1])},
        {"merit": np.array([-1, 2])},
        {"merit": np.array([1.0, 2.0])},
        {"cost_cents": np.array([1])},
        {"covers": np.zeros((2, 1), dtype=bool)},
        {"always": np.array([True, False]), "never": np.array([True, False])},
        {"quotas": (Quota("seats", np.zeros(2, dtype=bool), 0, 1),)},
        {"quotas": (Quota("few", np.zeros(2, dtype=bool), 2, 1),)},
    ],
)
def test_a_problem_that_makes_no_sense_is_refused(small_problem, change):
    with pytest.raises(ValueError):
        replace(small_problem([1, 2]), **change)
