import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.decision.scoring import components, composite_rating, interval, plain_means, top_k_probability


def test_composite_rating_needs_half_of_the_weight():
    nan = np.nan
    scores = np.array([[5, 1, 3], [5, nan, nan], [nan, 2, 4], [nan, nan, 4], [nan, nan, nan]])

    rating = composite_rating(scores, np.array([0.5, 0.3, 0.2]))

    np.testing.assert_allclose(rating, [3.4, 5.0, 2.8, nan, nan])


def test_composite_rating_refuses_weights_without_weight():
    with pytest.raises(ValueError):
        composite_rating(np.ones((1, 2)), np.zeros(2))


def test_plain_means_leave_the_unrated_open():
    means = plain_means(question=np.array([0, 2, 2]), rating=np.array([4.0, 1.0, 2.0]), n_questions=3)

    np.testing.assert_array_equal(means, [4.0, np.nan, 1.5])


def test_interval_cuts_both_tails_alike():
    low, high = interval(np.arange(1001.0)[None, :])

    assert (low[0], high[0]) == pytest.approx((50.0, 950.0))


@given(
    st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=1, max_size=8),
    st.lists(st.integers(0, 1), min_size=8, max_size=8),
    st.lists(st.integers(0, 5), min_size=2, max_size=2),
)
def test_top_k_probabilities_sum_to_k_even_with_ties(values, group, k):
    draws = np.array(values, dtype=float)
    group = np.array(group[: len(draws)])
    probability = top_k_probability(draws, group=group, k=np.array(k))

    assert (probability >= 0).all() and (probability <= 1 + 1e-12).all()
    for label in np.unique(group):
        members = group == label
        assert probability[members].sum() == pytest.approx(min(k[label], members.sum()))


def test_top_k_counts_draws_in_which_a_question_is_first():
    draws = np.array([[3.0, 1.0, 3.0, 2.0], [2.0, 2.0, 1.0, 2.0], [1.0, 0.0, 2.0, 0.0]])

    probability = top_k_probability(draws, group=np.zeros(3, dtype=int), k=np.array([1]))

    np.testing.assert_allclose(probability, [0.625, 0.375, 0.0])


def test_components_follow_shared_panelists():
    label = components(
        question=np.array([3, 0, 0, 2, 4]),
        panelist=np.array([0, 1, 2, 2, 0]),
        n_questions=6,
        n_panelists=3,
    )

    np.testing.assert_array_equal(label, [0, -1, 0, 1, 1, -1])
