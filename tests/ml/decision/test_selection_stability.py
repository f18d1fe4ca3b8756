from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.decision.selection_stability import (
    Stability,
    chosen_in_draw,
    coverage_of_draws,
    inclusion_shares,
    merit_of_draws,
    stability_of,
)
from tests.ml.decision.selection_oracle import brute_force, is_feasible, problems


def test_merit_of_a_draw_is_the_best_three_shares():
    in_top_k = np.array([[True, True, False, True, True], [False, True, True, False, False]])
    share = np.array([[1, 0.5, 1, 1 / 3, 0.25], [0, 0.5, 0, 0, 0], [0, 0, 0, 0, 0]])

    assert merit_of_draws(in_top_k, share).tolist() == [[183, 50, 0], [150, 50, 0]]
    assert coverage_of_draws(in_top_k).tolist() == [[100, 100, 0, 100, 100], [0, 100, 100, 0, 0]]
    assert merit_of_draws(in_top_k[:, :0], share[:, :0]).tolist() == [[0, 0, 0], [0, 0, 0]]


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1))
def test_merit_of_draws_does_not_depend_on_the_order_of_questions(seed):
    random = np.random.default_rng(seed)
    in_top_k, n_authors = random.random((4, 9)) < 0.5, random.integers(1, 8, size=9)
    share = (random.random((5, 9)) < 0.6) / n_authors
    order = random.permutation(9)

    merit = merit_of_draws(in_top_k, share)
    np.testing.assert_array_equal(merit_of_draws(in_top_k[:, order], share[:, order]), merit)


@settings(max_examples=50)
@given(problems(largest=7), st.integers(0, 2**32 - 1))
def test_shares_count_the_best_set_of_every_draw(problem, seed):
    if not is_feasible(problem):
        return
    random = np.random.default_rng(seed)
    merit = random.integers(0, 4, size=(5, problem.n_candidates))
    coverage = random.integers(0, 3, size=(5, problem.n_questions))
    expected = [
        brute_force(replace(problem, merit=one, coverage_value=value, announced_merit=problem.merit))
        for one, value in zip(merit, coverage, strict=True)
    ]
    seen = []

    shares = inclusion_shares(problem, merit, coverage, report=seen.append)
    np.testing.assert_array_equal(shares, np.mean(expected, axis=0))
    assert seen == [0, 1, 2, 3, 4]


def test_among_equals_in_a_draw_the_announced_merit_decides_then_the_rank(small_problem):
    problem = small_problem([5, 7, 7, 1], seats=1, tie_rank=np.array([0, 2, 1, 3]))
    nothing = np.zeros(0, dtype=np.int64)

    assert chosen_in_draw(problem, np.zeros(4, dtype=np.int64), nothing).tolist() == [False, False, True, False]
    assert chosen_in_draw(problem, np.array([0, 0, 0, 100]), nothing).tolist() == [False, False, False, True]


@pytest.mark.parametrize(
    ("share", "is_chosen", "label"),
    [
        (1.0, True, Stability.CLEAR),
        (0.8, True, Stability.CLEAR),
        (0.79, True, Stability.LIKELY),
        (0.5, True, Stability.LIKELY),
        (0.49, True, Stability.NEAR_LINE),
        (0.5, False, Stability.NEAR_LINE),
        (0.49, False, None),
    ],
)
def test_labels(share, is_chosen, label):
    assert stability_of(share, is_chosen=is_chosen) is label


def test_a_conference_has_a_clear_core_and_people_near_the_line(conference):
    """METHODS.md 3a: draws of sd 4 points leave about half of the sixty clear. Repeated, it is the same to the bit."""
    problem = conference(0)
    noise = np.random.default_rng(1).standard_normal((6, problem.n_candidates))
    draws = np.maximum(0, problem.merit + np.round(400 * noise)).astype(np.int64)
    nothing = np.zeros((6, 0), dtype=np.int64)

    shares = inclusion_shares(problem, draws, nothing)
    assert shares.sum() == pytest.approx(60)
    assert 15 <= (shares >= 0.8).sum() <= 45
    assert inclusion_shares(problem, draws[:2], nothing[:2]).tobytes() == (
        np.mean([chosen_in_draw(problem, one, nothing[0]) for one in draws[:2]], axis=0).tobytes()
    )
