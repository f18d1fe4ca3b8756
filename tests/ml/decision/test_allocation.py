import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.decision.allocation import (
    Pair,
    StopReason,
    borderline_batch,
    choose_pairs,
    contested,
    expected_overlap,
    first_stage,
    second_stage_k,
    should_stop,
    stage_plan,
    top_probability,
)


def test_plan_is_the_one_that_was_measured():
    plan = stage_plan(n_questions=2000, n_ratings_in_all=4800)

    assert (plan.first, plan.second, plan.third) == (2000, (700, 700), (200,) * 7)


@given(st.integers(1, 5000), st.integers(0, 20_000))
def test_plan_spends_every_rating_in_batches_that_are_not_empty(n_questions, extra):
    plan = stage_plan(n_questions=n_questions, n_ratings_in_all=n_questions + extra)

    assert plan.first + sum(plan.second) + sum(plan.third) == n_questions + extra
    assert all(size > 0 for size in plan.second + plan.third)
    assert 0 <= sum(plan.second) - sum(plan.third) <= 1


@pytest.mark.parametrize(("n_questions", "n_ratings"), [(0, 10), (10, 9)])
def test_plan_without_one_rating_each_is_refused(n_questions, n_ratings):
    with pytest.raises(ValueError):
        stage_plan(n_questions=n_questions, n_ratings_in_all=n_ratings)


def test_second_stage_looks_at_two_and_a_half_times_the_places():
    np.testing.assert_array_equal(second_stage_k(np.array([10, 5, 1])), [25, 13, 3])


def test_first_stage_asks_for_what_has_no_rating():
    batch = first_stage(n_ratings=np.array([0, 2, 0, 1]))

    assert batch.question.tolist() == [0, 2]
    assert not batch.is_random.any()
    assert batch.demand(4).tolist() == [1, 0, 1, 0]


def test_batch_goes_where_it_is_open_and_ratings_are_few():
    p_top = np.array([0.5, 0.5, 0.99, 0.4, 0.0])
    batch = borderline_batch(p_top=p_top, n_ratings=np.array([1, 9, 1, 1, 1]), n_batch=3, seed=1, share_random=0.0)

    # .25 / 1.25, .24 / 1.25, .25 / 3.25, then .0099 / 1.25.
    assert batch.question.tolist() == [0, 3, 1]


@given(st.integers(0, 150), st.integers(0, 2**31), st.sampled_from([0.0, 0.1, 0.25]))
def test_random_share_is_exact_and_every_question_is_there_once(n_batch, seed, share):
    random = np.random.default_rng(seed)
    n_ratings = random.integers(0, 20, 100)
    batch = borderline_batch(
        p_top=random.random(100), n_ratings=n_ratings, n_batch=n_batch, seed=seed, share_random=share
    )

    eligible = int(np.sum(n_ratings < 16))
    assert len(batch.question) == len(set(batch.question.tolist())) == min(n_batch, eligible)
    assert batch.is_random.sum() == int(share * len(batch.question) + 0.5)
    assert (n_ratings[batch.question] < 16).all()


def test_random_questions_come_from_all_alike():
    p_top = np.where(np.arange(40) < 20, 0.5, 0.0)
    drawn = [
        batch.question[batch.is_random]
        for seed in range(300)
        for batch in [borderline_batch(p_top=p_top, n_ratings=np.ones(40, int), n_batch=10, seed=seed)]
    ]

    share_hopeless = np.mean(np.concatenate(drawn) >= 20)
    assert 0.4 < share_hopeless < 0.6


def test_batch_is_a_function_of_state_and_seed():
    state = {"p_top": np.full(50, 0.3), "n_ratings": np.ones(50, int), "n_batch": 20}
    first, again, other = (borderline_batch(**state, seed=seed) for seed in (4, 4, 5))

    assert first.question.tolist() == again.question.tolist() != other.question.tolist()


def test_contested_is_open_or_wide_apart():
    p_top = np.array([0.5, 0.05, 0.95, 0.05, 0.1])
    iqr = np.array([0.0, 0.5, 1.0, 1.5, np.nan])

    assert contested(p_top, iqr).tolist() == [True, False, False, True, False]


def posterior(seed, n_questions=40):
    random = np.random.default_rng(seed)
    root = random.standard_normal((n_questions, n_questions)) / np.sqrt(n_questions)
    return {"mean": random.standard_normal(n_questions), "covariance": 0.5 * root @ root.T}


def test_pair_worth_most_is_the_open_one_at_the_border():
    # Questions 1 and 2 contend for the second of two places; 0 is surely in, 3 surely out, each as uncertain.
    mean, covariance = np.array([9.0, 0.1, 0.0, -9.0]), 0.5 * np.eye(4)
    pairs = choose_pairs(mean=mean, covariance=covariance, k=2, n_pairs=1, seed=0, share_random=0.0)

    assert pairs == [Pair(1, 2, is_random=False)]


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(1, 60), st.floats(0.0, 0.9))
def test_pairs_keep_every_limit(seed, n_pairs, density):
    forbidden = np.triu(np.random.default_rng(seed).random((40, 40)) < density, 1)
    forbidden |= forbidden.T
    pairs = choose_pairs(**posterior(seed), k=10, n_pairs=n_pairs, seed=seed, forbidden=forbidden)

    keys = [(pair.first, pair.second) for pair in pairs]
    appearances = np.bincount(np.array(keys, dtype=int).ravel(), minlength=40)
    assert len(set(keys)) == len(keys) <= n_pairs
    assert all(first < second and not forbidden[first, second] for first, second in keys)
    assert appearances.max(initial=0) <= 5
    assert sum(pair.is_random for pair in pairs) <= int(0.1 * n_pairs + 0.5)


def test_a_tenth_of_the_pairs_is_random():
    pairs = choose_pairs(**posterior(1), k=10, n_pairs=50, seed=2)

    assert [pair.is_random for pair in pairs] == [False] * 45 + [True] * 5


def test_pairs_are_a_function_of_state_and_seed_and_leave_the_input_alone():
    forbidden = np.eye(40, dtype=bool)
    state = {**posterior(3), "k": 10, "n_pairs": 50, "forbidden": forbidden}
    first, again, other = (choose_pairs(**state, seed=seed) for seed in (1, 1, 2))

    assert first == again != other
    assert forbidden.sum() == 40


def test_pairs_of_fewer_questions_than_places_and_of_none():
    everything_wins = choose_pairs(mean=np.zeros(3), covariance=np.eye(3), k=5, n_pairs=10, seed=1)

    assert len(everything_wins) == 3
    assert choose_pairs(mean=np.zeros(1), covariance=np.eye(1), k=1, n_pairs=5, seed=1) == []


def test_top_probability_of_equals_is_even_and_sums_to_k():
    p_top = top_probability(mean=np.zeros(4), covariance=np.eye(4), k=2, seed=1, n_draws=20_000)

    assert p_top.sum() == pytest.approx(2)
    np.testing.assert_allclose(p_top, 0.5, atol=0.02)


def test_expected_overlap_is_the_mean_of_the_announced():
    assert expected_overlap(np.array([0.2, 1.0, 0.6, 0.2]), 2) == pytest.approx(0.8)
    assert expected_overlap(np.array([0.4]), 10) == pytest.approx(0.4)
    assert np.isnan(expected_overlap(np.zeros(0), 3))


@pytest.mark.parametrize(
    ("history", "n_votes", "reason"),
    [
        ([], 0, None),
        ([0.5], 0, None),
        ([0.85], 0, StopReason.SURE),
        ([0.86, 0.849], 70, None),
        ([0.5, 0.6], 70, None),
        ([0.60, 0.605], 70, None),
        ([0.60, 0.60, 0.609], 105, StopReason.NO_GAIN),
        ([0.60, 0.70, 0.60], 105, StopReason.NO_GAIN),
        ([0.60, 0.60, 0.62], 105, None),
        ([0.50, 0.60, 0.60, 0.605], 140, StopReason.NO_GAIN),
        ([0.50, 0.60, 0.70], 999, None),
        ([0.50, 0.60, 0.70], 1000, StopReason.ENOUGH_VOTES),
        ([0.50, 0.60, 0.90], 1000, StopReason.SURE),
    ],
)
def test_stop_rule(history, n_votes, reason):
    assert should_stop(history, n_votes, n_shortlisted=40) == reason
