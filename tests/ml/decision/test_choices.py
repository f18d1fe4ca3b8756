import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime, minimize

from ml.decision.ballots import Ballots, ballot_choices
from ml.decision.choices import (
    KAPPAS,
    connected_parts,
    fit_choices,
    gradient,
    has_maximum,
    information,
    join_choices,
    log_likelihood,
    lone_prior,
)
from ml.decision.comparisons import Comparisons, comparison_choices

N_ITEMS = 5


def random_choices(seed, *, n_comparisons=12, n_ballots=3):
    """Comparisons, some undecided, and ballots with ties and questions left unranked."""
    random = np.random.default_rng(seed)
    pairs = np.array([random.choice(N_ITEMS, 2, replace=False) for _ in range(n_comparisons)]).reshape(-1, 2)
    comparisons = Comparisons(pairs[:, 0], pairs[:, 1], random.choice([0.0, 0.5, 1.0], n_comparisons))
    ballot, item = np.divmod(np.arange(n_ballots * N_ITEMS), N_ITEMS)
    ballots = Ballots(ballot, item, random.integers(0, 4, len(item)))
    return join_choices([comparison_choices(comparisons, N_ITEMS), ballot_choices(ballots, N_ITEMS)])


@settings(max_examples=30)
@given(st.integers(0, 10_000))
def test_derivatives_are_those_of_the_log_likelihood(seed):
    choices = random_choices(seed)
    value = np.random.default_rng(seed + 1).normal(size=N_ITEMS)

    slope = approx_fprime(value, lambda at: log_likelihood(choices, at), 1e-6)
    bend = np.array([approx_fprime(value, lambda at, i=i: gradient(choices, at)[i], 1e-6) for i in range(N_ITEMS)])
    np.testing.assert_allclose(gradient(choices, value), slope, atol=1e-4)
    np.testing.assert_allclose(information(choices, value), -bend, atol=1e-4)


@settings(max_examples=30)
@given(st.integers(0, 10_000))
def test_a_common_shift_of_all_values_is_not_felt(seed):
    choices = random_choices(seed)
    value = np.random.default_rng(seed + 1).normal(size=N_ITEMS)

    assert log_likelihood(choices, value + 3) == pytest.approx(log_likelihood(choices, value), abs=1e-9)
    assert gradient(choices, value).sum() == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(information(choices, value).sum(axis=0), 0, atol=1e-9)


def test_values_far_apart_do_not_overflow():
    choices = comparison_choices(Comparisons(np.array([0, 1]), np.array([1, 2]), np.ones(2)), 3)

    assert log_likelihood(choices, np.array([0.0, 2000.0, 0.0])) == -2000.0


@pytest.mark.parametrize("seed", range(3))
def test_posterior_mode_and_covariance_are_those_of_a_general_optimizer(seed):
    choices = random_choices(seed)
    random = np.random.default_rng(seed)
    root = random.normal(size=(N_ITEMS, N_ITEMS))
    mean, covariance = random.normal(size=N_ITEMS), root @ root.T + np.eye(N_ITEMS)
    kappa = 1.3
    fit = fit_choices(choices, mean=mean, covariance=covariance, kappa=kappa)

    def loss(value):
        off = value - mean
        return off @ np.linalg.solve(covariance, off) / 2 - log_likelihood(choices, kappa * value)

    expected = minimize(loss, mean, method="BFGS", options={"gtol": 1e-8}).x
    hessian = kappa**2 * information(choices, kappa * fit.value) + np.linalg.inv(covariance)
    np.testing.assert_allclose(fit.value, expected, atol=1e-4)
    np.testing.assert_allclose(fit.covariance, np.linalg.inv(hessian), rtol=1e-6, atol=1e-9)


def test_kappa_has_the_greatest_evidence_of_the_grid():
    random = np.random.default_rng(5)
    truth = random.normal(size=40)
    pairs = np.array([random.choice(40, 2, replace=False) for _ in range(1500)])
    chance = 1 / (1 + np.exp(-3.0 * (truth[pairs[:, 0]] - truth[pairs[:, 1]])))
    share = (random.random(1500) < chance).astype(float)
    choices = comparison_choices(Comparisons(pairs[:, 0], pairs[:, 1], share), 40)
    prior = {"mean": np.zeros(40), "covariance": np.eye(40)}
    fit = fit_choices(choices, kappa=None, **prior)

    evidence = [fit_choices(choices, kappa=kappa, **prior).log_evidence for kappa in KAPPAS]
    assert fit.kappa == KAPPAS[np.argmax(evidence)]
    assert 2.0 < fit.kappa < 4.5


def test_no_choices_leave_the_prior():
    mean, covariance = lone_prior(4)
    nothing = comparison_choices(Comparisons(*np.zeros((2, 0), dtype=int), np.zeros(0)), 4)
    fit = fit_choices(nothing, mean=mean, covariance=covariance, kappa=1.0)

    np.testing.assert_allclose(fit.value, mean, atol=1e-12)
    np.testing.assert_allclose(fit.covariance, covariance)


def test_parts_and_the_maximum_follow_the_graph_of_who_was_put_above_whom():
    circle = comparison_choices(Comparisons(np.array([0, 1, 2]), np.array([1, 2, 0]), np.ones(3)), 3)
    chain = comparison_choices(Comparisons(np.array([0, 1]), np.array([1, 2]), np.ones(2)), 3)
    tied_chain = comparison_choices(Comparisons(np.array([0, 1]), np.array([1, 2]), np.full(2, 0.5)), 3)
    apart = comparison_choices(Comparisons(np.array([0, 1]), np.array([1, 0]), np.ones(2)), 3)

    assert [has_maximum(one) for one in (circle, chain, tied_chain, apart)] == [True, False, True, False]
    assert connected_parts(chain).tolist() == [0, 0, 0]
    assert connected_parts(apart).tolist() == [0, 0, 1]
