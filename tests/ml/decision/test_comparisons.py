import numpy as np
import pytest

from ml.decision.choices import lone_prior
from ml.decision.comparisons import Comparisons, fit_bradley_terry, fit_comparisons
from tests.ml.decision.published import (
    BASEBALL_COEFFICIENTS,
    BASEBALL_LOG_LIKELIHOOD,
    BASEBALL_WINS,
    TEAMS,
    baseball_comparisons,
)


def test_baseball_has_its_published_answer():
    fit = fit_bradley_terry(baseball_comparisons(), n_items=7, reference=TEAMS.index("Baltimore"))

    np.testing.assert_array_equal(np.round(fit.value, 4), BASEBALL_COEFFICIENTS)
    assert round(fit.log_likelihood, 3) == BASEBALL_LOG_LIKELIHOOD


def test_typed_baseball_is_that_of_the_fixtures(fixtures):
    baseball = fixtures["bt_baseball_1987"]

    assert baseball["wins"] == [list(row) for row in BASEBALL_WINS]
    assert baseball["teams"] == list(TEAMS)
    assert baseball["coef_vs_Baltimore"] == list(BASEBALL_COEFFICIENTS)
    assert baseball["loglik"] == BASEBALL_LOG_LIKELIHOOD


def test_about_equal_is_half_a_win_each():
    tied = Comparisons(np.array([0, 0, 1]), np.array([1, 1, 2]), np.array([0.5, 0.5, 0.5]))
    halves = Comparisons(np.array([0, 1, 1, 2]), np.array([1, 0, 2, 1]), np.ones(4))
    mean, covariance = lone_prior(3)

    one = fit_bradley_terry(tied, n_items=3, reference=0)
    np.testing.assert_allclose(one.value, 0, atol=1e-12)
    np.testing.assert_allclose(one.value, fit_bradley_terry(halves, n_items=3, reference=0).value, atol=1e-12)
    prior = {"prior_mean": mean, "prior_covariance": covariance, "scale": 1.0}
    split = Comparisons(np.array([0, 1]), np.array([1, 0]), np.ones(2))
    once = fit_comparisons(first=np.zeros(2, int), second=np.ones(2, int), share=np.full(2, 0.5), **prior)
    twice = fit_comparisons(first=split.first, second=split.second, share=split.share, **prior)
    np.testing.assert_allclose(once.covariance, twice.covariance, atol=1e-12)


def test_the_side_on_which_a_question_stands_changes_nothing():
    random = np.random.default_rng(2)
    first = random.integers(0, 10, 60)
    second = (first + random.integers(1, 10, 60)) % 10
    share = random.choice([0.0, 0.5, 1.0], 60)
    mean, covariance = lone_prior(10)
    prior = {"prior_mean": mean, "prior_covariance": covariance, "scale": 1.0}

    one = fit_comparisons(first=first, second=second, share=share, **prior)
    other = fit_comparisons(first=second, second=first, share=1 - share, **prior)
    np.testing.assert_allclose(one.value, other.value, atol=1e-9)


def test_intervals_of_comparisons_cover_the_truth():
    random = np.random.default_rng(1)
    truth = 1.5 * random.standard_normal(200)
    first = random.integers(0, 200, 3000)
    second = (first + random.integers(1, 200, 3000)) % 200
    share = (random.random(3000) < 1 / (1 + np.exp(truth[second] - truth[first]))).astype(float)
    mean, covariance = lone_prior(200)
    fit = fit_comparisons(
        first=first, second=second, share=share, prior_mean=mean, prior_covariance=covariance, scale=1.0
    )

    inside = np.abs(fit.value - truth) < 1.645 * np.sqrt(np.diag(fit.covariance))
    assert 170 <= inside.sum() <= 190


def test_a_design_that_falls_apart_says_so():
    apart = Comparisons(np.array([0, 1, 2, 3]), np.array([1, 0, 3, 2]), np.ones(4))

    with pytest.raises(ValueError, match="fall apart"):
        fit_bradley_terry(apart, n_items=4, reference=0)


def test_a_question_that_always_won_has_no_likeliest_value():
    always = Comparisons(np.array([0, 0, 1, 2]), np.array([1, 2, 2, 1]), np.ones(4))
    with pytest.raises(ValueError, match="above all others"):
        fit_bradley_terry(always, n_items=3, reference=0)


@pytest.mark.parametrize(
    "rows", [([0, 1], [1], [1.0]), ([0], [0], [1.0]), ([0], [1], [1.5]), ([0], [1], [np.nan])], ids=str
)
def test_comparisons_that_make_no_sense_are_refused(rows):
    with pytest.raises(ValueError):
        Comparisons(*(np.array(row) for row in rows))


@pytest.mark.parametrize("pair", [(0, 3), (-1, 0)])
def test_a_question_that_does_not_exist_is_refused(pair):
    mean, covariance = lone_prior(3)
    first, second = (np.array([one]) for one in pair)
    with pytest.raises(ValueError, match="outside"):
        fit_comparisons(first=first, second=second, share=np.ones(1), prior_mean=mean, prior_covariance=covariance)
