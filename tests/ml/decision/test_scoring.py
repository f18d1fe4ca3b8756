import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from ml.decision.scoring import (
    components,
    composite_rating,
    draw_question_values,
    fit_crossed_model,
    interval,
    plain_means,
    top_k_probability,
)

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
        pick = np.column_stack(
            [np.ones(n_questions), np.eye(n_questions), np.zeros((n_questions, len(prior[1])))]
        )
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


@settings(max_examples=60, deadline=None)
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


@settings(deadline=None)
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
