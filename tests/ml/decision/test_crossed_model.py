import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from ml.decision.scoring import draw_question_values, fit_crossed_model

ROOT = Path(__file__).parents[3]

# Davies & Goldsmith's dyestuff yields, as shipped with lme4; the REML answers are those lme4 publishes.
DYESTUFF = np.array(
    [
        [1545, 1440, 1440, 1520, 1580],
        [1540, 1555, 1490, 1560, 1495],
        [1595, 1550, 1605, 1510, 1560],
        [1445, 1440, 1595, 1465, 1545],
        [1595, 1630, 1515, 1635, 1625],
        [1520, 1455, 1450, 1480, 1445],
    ]
)
DYESTUFF_BLUP = [-17.6069, 0.3913, 28.5622, -23.0845, 56.7332, -44.9953]


class DenseModel:
    """The crossed model written out with n x n matrices: slow, short, and none of the engine's algebra."""

    def __init__(self, *, question, panelist, rating, n_questions, n_panelists):
        self.rating = np.asarray(rating, dtype=float)
        self.of_question = np.eye(n_questions)[question]
        self.of_panelist = np.eye(n_panelists)[panelist]
        self.ones = np.ones(len(self.rating))

    def covariance(self, variances):
        of_question, of_panelist, noise = variances
        return (
            of_question * self.of_question @ self.of_question.T
            + of_panelist * self.of_panelist @ self.of_panelist.T
            + noise * np.eye(len(self.rating))
        )

    def mean(self, variances):
        weights = np.linalg.solve(self.covariance(variances), self.ones)
        return weights @ self.rating / weights.sum()

    def criterion(self, variances):
        """Minus twice the restricted log-likelihood, up to a constant."""
        covariance = self.covariance(variances)
        residual = self.rating - self.mean(variances)
        information = self.ones @ np.linalg.solve(covariance, self.ones)
        fit = residual @ np.linalg.solve(covariance, residual)
        return np.linalg.slogdet(covariance)[1] + np.log(information) + fit

    def question_effect(self, variances):
        residual = self.rating - self.mean(variances)
        return variances[0] * self.of_question.T @ np.linalg.solve(self.covariance(variances), residual)

    def value_covariance(self, variances):
        """Posterior covariance of mean + question effects, from Henderson's mixed model equations."""
        design = np.column_stack([self.ones, self.of_question, self.of_panelist])
        prior = [
            np.full(self.of_question.shape[1], variances[0]),
            np.full(self.of_panelist.shape[1], variances[1]),
        ]
        precision = np.concatenate([[0.0], 1 / np.concatenate(prior)])
        posterior = np.linalg.inv(design.T @ design / variances[2] + np.diag(precision))
        n_questions = self.of_question.shape[1]
        pick = np.column_stack([np.ones(n_questions), np.eye(n_questions), np.zeros((n_questions, len(prior[1])))])
        return pick @ posterior @ pick.T


def variances_of(fit):
    return np.array([fit.question_variance, fit.panelist_variance, fit.residual_variance])


def full_panel(n_questions, n_panelists):
    question, panelist = np.divmod(np.arange(n_questions * n_panelists), n_panelists)
    return {
        "question": question,
        "panelist": panelist,
        "n_questions": n_questions,
        "n_panelists": n_panelists,
    }


@st.composite
def designs(draw):
    """Small panels with gaps, repeats, unrated questions and half points."""
    n_questions, n_panelists = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    row = st.tuples(st.integers(0, n_questions - 1), st.integers(0, n_panelists - 1), st.integers(2, 10))
    rows = np.array(draw(st.lists(row, min_size=1, max_size=20)))
    return {
        "question": rows[:, 0],
        "panelist": rows[:, 1],
        "rating": rows[:, 2] / 2,
        "n_questions": n_questions,
        "n_panelists": n_panelists,
    }


def test_fit_gives_the_published_dyestuff_answers():
    fit = fit_crossed_model(
        question=np.repeat(np.arange(6), 5),
        panelist=np.zeros(30, dtype=int),
        rating=DYESTUFF.ravel().astype(float),
        n_questions=6,
        n_panelists=1,
    )

    assert fit.mean == pytest.approx(1527.5, abs=1e-6)
    assert fit.question_variance == pytest.approx(1764.05, abs=1e-3)
    assert fit.residual_variance == pytest.approx(2451.25, abs=1e-3)
    assert fit.panelist_variance == 0
    assert fit.at_boundary == ("panelist",)
    assert fit.assumed == ()
    np.testing.assert_allclose(fit.question_effect, DYESTUFF_BLUP, atol=5e-5)


@pytest.mark.parametrize("seed", [0, 1])
def test_fit_agrees_with_dense_reml(rating_world, seed):
    design = rating_world(seed, n_questions=30, n_panelists=8, load=12).design()
    fit = fit_crossed_model(**design)
    dense = DenseModel(**design)

    found = minimize(
        lambda logs: dense.criterion(np.exp(logs)),
        np.log([0.4, 0.3, 0.4]),
        method="Nelder-Mead",
        options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 4000, "maxfev": 4000},
    )

    np.testing.assert_allclose(variances_of(fit), np.exp(found.x), rtol=1e-4)
    np.testing.assert_allclose(fit.question_effect, dense.question_effect(variances_of(fit)), atol=1e-9)
    assert fit.mean == pytest.approx(dense.mean(variances_of(fit)), abs=1e-9)


@settings(max_examples=60)
@given(designs(), st.lists(st.floats(1e-3, 20), min_size=3, max_size=3))
def test_no_variances_are_more_likely_than_the_fitted(design, other):
    fit = fit_crossed_model(**design)
    assert np.isfinite(np.concatenate([variances_of(fit), fit.question_effect, fit.panelist_effect])).all()
    assert (variances_of(fit) >= 0).all()
    if "residual" in fit.at_boundary or fit.assumed:
        return
    dense = DenseModel(**design)
    if fit.panelist_variance == 0 and len(set(design["panelist"])) < 2:
        other[1] = 0

    assert dense.criterion(variances_of(fit)) <= dense.criterion(np.array(other)) + 1e-6


def test_effects_and_variances_follow_the_scale_of_the_rubric(rating_world):
    design = rating_world(3).design()
    fit = fit_crossed_model(**design)
    stretched = fit_crossed_model(**{**design, "rating": 100 + 20 * design["rating"]})

    np.testing.assert_allclose(variances_of(stretched), 400 * variances_of(fit), rtol=1e-5)
    np.testing.assert_allclose(stretched.question_effect, 20 * fit.question_effect, atol=1e-4)
    assert stretched.mean == pytest.approx(100 + 20 * fit.mean, abs=1e-4)


def test_draws_have_the_exact_posterior_moments(rating_world):
    design = rating_world(5, n_questions=12, n_panelists=6, load=5).design()
    fit = fit_crossed_model(**design)
    draws = draw_question_values(fit, n_draws=60_000, seed=11)
    covariance = DenseModel(**design).value_covariance(variances_of(fit))

    np.testing.assert_allclose(draws.mean(axis=1), fit.mean + fit.question_effect, atol=0.012)
    np.testing.assert_allclose(np.cov(draws), covariance, atol=0.03 * covariance.max())


def test_draws_repeat_with_the_seed_and_change_with_it(rating_world):
    fit = fit_crossed_model(**rating_world(5).design())

    first = draw_question_values(fit, n_draws=50, seed=1)
    assert first.tobytes() == draw_question_values(fit, n_draws=50, seed=1).tobytes()
    assert not np.allclose(first, draw_question_values(fit, n_draws=50, seed=2))


def digest_of_draws(**design):
    draws = draw_question_values(fit_crossed_model(**design), n_draws=200, seed=1)
    return hashlib.sha256(draws.tobytes()).hexdigest()


def test_draws_have_the_same_bytes_with_one_thread_and_with_many(tmp_path):
    """200 panelists: enough for the linear algebra to share the work among threads, were it let."""
    random = np.random.default_rng(0)
    question, panelist = random.integers(0, 500, 4000), random.integers(0, 200, 4000)
    rating = random.normal(size=500)[question] + random.normal(size=200)[panelist] + random.normal(size=4000)
    design = {
        "question": question,
        "panelist": panelist,
        "rating": rating,
        "n_questions": 500,
        "n_panelists": 200,
    }
    np.savez(tmp_path / "design.npz", **design)
    program = (
        "import sys, numpy as np; from tests.ml.decision.test_crossed_model import digest_of_draws\n"
        "stored = dict(np.load(sys.argv[1])); sizes = ('n_questions', 'n_panelists')\n"
        "print(digest_of_draws(**{**stored, **{name: int(stored[name]) for name in sizes}}))"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "design.npz")]
    printed = []
    for threads in ("1", "4"):
        environment = {**os.environ, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        printed.append(run.stdout.strip())

    assert printed == [digest_of_draws(**design)] * 2


def test_an_unrated_question_has_the_prior(rating_world):
    design = rating_world(2).design()
    fit = fit_crossed_model(**{**design, "n_questions": 201})
    draws = draw_question_values(fit, n_draws=20_000, seed=0)

    assert fit.question_effect[200] == 0
    assert draws[200].std() == pytest.approx(np.sqrt(fit.question_variance), rel=0.05)
    assert draws[200].std() > 1.3 * draws[:200].std(axis=1).max()


def test_equal_ratings_give_equal_questions():
    fit = fit_crossed_model(rating=np.full(12, 3.0), **full_panel(4, 3))

    assert fit.at_boundary == ("question", "panelist", "residual")
    np.testing.assert_array_equal(draw_question_values(fit, n_draws=5, seed=0), np.full((4, 5), 3.0))


def test_a_panel_in_full_agreement_keeps_its_order():
    panel = full_panel(5, 3)
    truth = np.array([1.0, 4.0, 2.0, 5.0, 3.0])
    fit = fit_crossed_model(rating=truth[panel["question"]], **panel)

    assert set(fit.at_boundary) == {"panelist", "residual"}
    np.testing.assert_allclose(fit.mean + fit.question_effect, truth, atol=1e-3)
    assert fit.question_variance == pytest.approx(truth.var(ddof=1), rel=1e-3)


def test_severity_that_explains_everything_leaves_questions_equal():
    panel = full_panel(6, 4)
    fit = fit_crossed_model(rating=np.array([1.0, 2.0, 4.0, 5.0])[panel["panelist"]], **panel)

    assert set(fit.at_boundary) == {"question", "residual"}
    np.testing.assert_allclose(fit.question_effect, 0, atol=1e-9)
    np.testing.assert_allclose(fit.panelist_effect, [-2, -1, 1, 2], atol=1e-3)


def test_one_rating_per_question_splits_the_variance_and_says_so():
    rating = np.random.default_rng(0).normal(3, 1, 40)
    fit = fit_crossed_model(
        question=np.arange(40), panelist=np.arange(40) % 5, rating=rating, n_questions=40, n_panelists=5
    )

    assert fit.assumed == ("question",)
    assert fit.question_variance == pytest.approx(fit.residual_variance)
    assert fit.residual_variance > 0


@pytest.mark.parametrize(
    "change",
    [
        {"rating": np.array([])},
        {"rating": np.array([1.0, np.nan])},
        {"rating": np.array([1.0])},
        {"question": np.array([0, 2])},
        {"panelist": np.array([-1, 0])},
    ],
)
def test_fit_refuses_ratings_that_make_no_sense(change):
    sound = {"question": np.array([0, 1]), "panelist": np.array([0, 0]), "rating": np.array([1.0, 2.0])}
    with pytest.raises(ValueError):
        fit_crossed_model(**{**sound, **change}, n_questions=2, n_panelists=1)


def test_a_round_of_twenty_thousand_questions_converges():
    random = np.random.default_rng(1)
    question = np.concatenate([random.permutation(20_000) for _ in range(3)])
    panelist = random.integers(600, size=60_000)
    value = random.standard_normal(20_000)[question] + 0.7 * random.standard_normal(600)[panelist]
    rating = np.clip(np.round(4 * (3 + value + 0.8 * random.standard_normal(60_000))) / 4, 1, 5)
    fit = fit_crossed_model(question=question, panelist=panelist, rating=rating, n_questions=20_000, n_panelists=600)

    assert fit.question_variance == pytest.approx(0.69, abs=0.02)
    assert fit.panelist_variance == pytest.approx(0.36, abs=0.05)
