import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.decision.bands import assign_bands, place_ranges, tie_order


def draws_beaten(share):
    """Ten draws of a question that the constant 1.0 beats in ``share`` tenths."""
    return np.where(np.arange(10) < share, 0.0, 2.0)


def test_a_band_opens_at_nine_tenths_below_its_first():
    first = np.ones(10)
    draws = np.array([first, draws_beaten(8), draws_beaten(9), draws_beaten(10)])

    np.testing.assert_array_equal(assign_bands(draws=draws, order=np.arange(4)), [0, 0, 1, 1])


def test_a_band_is_measured_from_its_first_not_from_its_neighbour():
    noise = np.linspace(-1, 1, 101)
    draws = np.array([noise, noise[::-1] - 0.8, noise - 0.81 - 0.8])

    bands = assign_bands(draws=draws, order=np.arange(3))

    assert np.mean(draws[0] > draws[1]) < 0.9 <= np.mean(draws[0] > draws[2])
    np.testing.assert_array_equal(bands, [0, 0, 1])


def test_equal_draws_are_one_band():
    np.testing.assert_array_equal(assign_bands(draws=np.ones((3, 5)), order=np.array([2, 0, 1])), [0, 0, 0])


def test_place_ranges_share_places():
    first, last = place_ranges(np.array([1, 0, 1, 2, 0, 1]))

    np.testing.assert_array_equal(first, [3, 1, 3, 6, 1, 3])
    np.testing.assert_array_equal(last, [5, 2, 5, 6, 2, 5])


def test_tie_order_breaks_ties_by_hash_only():
    mean = np.array([2.0, 3.0, 2.0 + 1e-12, 3.0])
    salted_hash = np.array(["b", "d", "a", "c"])

    np.testing.assert_array_equal(tie_order(mean, salted_hash), [3, 1, 2, 0])


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(1, 12))
def test_bands_are_runs_of_the_order_and_fill_all_places(seed, n_questions):
    random = np.random.default_rng(seed)
    draws = random.normal(size=(n_questions, 40)) + 2 * random.normal(size=(n_questions, 1))
    order = tie_order(draws.mean(axis=1), np.arange(n_questions))
    bands = assign_bands(draws=draws, order=order)
    first, last = place_ranges(bands)

    steps = np.diff(bands[order])
    assert bands[order[0]] == 0 and set(steps) <= {0, 1}
    place = np.argsort(order) + 1
    assert (first <= place).all() and (place <= last).all()
    for band in np.unique(bands):
        size = np.sum(bands == band)
        assert (last - first + 1)[bands == band].tolist() == [size] * size
