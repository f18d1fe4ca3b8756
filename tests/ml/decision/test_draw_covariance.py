import numpy as np
import pytest

from ml.decision.draw_covariance import draw_covariance


def factor_world(seed, n_values, *, n_draws=2000):
    """Values with two common causes and much of their own, as those of questions are."""
    random = np.random.default_rng(seed)
    loading = random.normal(size=(n_values, 2)) * [0.6, 0.3]
    own = random.uniform(0.3, 1.0, n_values)
    draws = loading @ random.normal(size=(2, n_draws)) + own[:, None] * random.normal(size=(n_values, n_draws))
    return draws, loading @ loading.T + np.diag(own**2)


@pytest.mark.parametrize("n_values", [400, 2400])
def test_regressions_come_closer_to_the_truth_than_those_of_the_sample(n_values):
    """Of all values on the first 150, which is what joining evidence does."""
    draws, truth = factor_world(0, n_values)
    known, others = np.arange(150), np.arange(150, n_values)
    fitted, sample = draw_covariance(draws), np.cov(draws)

    def regression(within, between):
        return np.linalg.solve(within, between)

    expected = regression(truth[:150, :150], truth[:150, 150:])
    error = np.linalg.norm(regression(fitted.within(known), fitted.between(known, others)) - expected)
    assert error < 0.4 * np.linalg.norm(regression(sample[:150, :150], sample[:150, 150:]) - expected)


def test_independent_values_stay_independent():
    draws = np.random.default_rng(1).normal(size=(300, 2000))
    covariance = draw_covariance(draws).within(np.arange(300))

    assert np.abs(covariance - np.diag(np.diag(covariance))).max() < 0.05


def test_few_values_have_nearly_the_covariance_of_the_sample():
    random = np.random.default_rng(2)
    draws = random.normal(size=(3, 3)) @ random.normal(size=(3, 5000))
    fitted = draw_covariance(draws).within(np.arange(3))

    sample = np.cov(draws, bias=True)
    spread = np.sqrt(np.diag(sample))
    np.testing.assert_allclose(fitted / np.outer(spread, spread), sample / np.outer(spread, spread), atol=0.1)


def test_two_values_that_move_together_are_seen_among_many():
    draws = np.random.default_rng(5).normal(size=(200, 2000))
    draws[1] = draws[0] + 0.2 * draws[1]
    fitted = draw_covariance(draws)

    assert fitted.between(np.array([0]), np.array([1]))[0, 0] == pytest.approx(np.cov(draws[:2])[0, 1], rel=0.05)
    assert np.abs(fitted.between(np.array([0]), np.arange(2, 200))).max() < 0.1


def test_covariance_of_a_single_value_is_its_variance():
    draws = np.random.default_rng(3).normal(size=(1, 500))

    assert draw_covariance(draws).within(np.array([0])) == pytest.approx(draws.var())


def test_covariances_can_be_inverted_even_where_values_move_as_one():
    draws = np.tile(np.random.default_rng(4).normal(size=2000), (5, 1))
    covariance = draw_covariance(draws).within(np.arange(5))

    assert np.linalg.eigvalsh(covariance).min() > 0.005
