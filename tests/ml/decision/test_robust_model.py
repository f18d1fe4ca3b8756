import numpy as np
import pytest
from scipy.stats import kendalltau

from ml.decision.robust_model import N_CHAINS, fit_robust_model, sweeps_for
from ml.decision.scoring import draw_question_values, fit_crossed_model

SHORT = {"n_sweeps": 150, "n_burn": 50, "n_draws": 100}


def plain_world(seed, *, n_questions=60, n_panelists=15, n_each=6):
    """Panelists who differ in nothing but leniency, and normal noise: the crossed model's own world."""
    random = np.random.default_rng(seed)
    question = np.repeat(np.arange(n_questions), n_each)
    panelist = np.concatenate([random.choice(n_panelists, n_each, replace=False) for _ in range(n_questions)])
    truth = random.normal(0, 0.8, n_questions)
    leniency = random.normal(0, 0.6, n_panelists)
    rating = 3 + truth[question] + leniency[panelist] + random.normal(0, 0.7, len(question))
    design = {"question": question, "panelist": panelist, "rating": rating}
    return {**design, "n_questions": n_questions, "n_panelists": n_panelists}, truth, leniency


def with_hostile_panelists(world, n):
    """The first n panelists give 5 to what is not among the best fifth, and 1 to what is."""
    is_hostile = world.panelist < n
    is_good = world.truth[world.question] > np.quantile(world.truth, 0.8)
    rating = np.where(is_hostile, np.where(is_good, 1.0, 5.0), world.rating)
    return {**world.design(), "rating": rating}


def recall(value, world, k):
    """Share of the true first k of each group that are among the first k by value."""
    found = []
    for group in np.unique(world.group):
        members = np.flatnonzero(world.group == group)
        best = [set(members[np.argsort(-by[members], kind="stable")[:k]]) for by in (value, world.truth)]
        found.append(len(best[0] & best[1]) / k)
    return np.mean(found)


def test_where_all_panelists_are_alike_the_crossed_model_is_found_again():
    design, _, _ = plain_world(0)
    crossed, robust = fit_crossed_model(**design), fit_robust_model(**design, seed=1)
    expected = crossed.mean + crossed.question_effect
    spread = draw_question_values(crossed, n_draws=2000, seed=1).std(axis=1)

    difference = robust.mean + robust.question_effect - expected
    assert np.corrcoef(robust.question_effect, crossed.question_effect)[0, 1] > 0.99
    assert difference.std() < 0.35 * spread.mean()
    np.testing.assert_allclose(robust.leniency, crossed.panelist_effect - crossed.panelist_effect.mean(), atol=0.12)
    assert robust.scale.mean() == pytest.approx(1, abs=0.1)
    # The crossed model's spread holds the panel's common leniency too, the robust one's values are this panel's.
    assert robust.draws.std(axis=1).mean() == pytest.approx(np.sqrt(np.mean(spread**2)), rel=0.2)


def test_draws_and_means_belong_together():
    design, _, _ = plain_world(1)
    fit = fit_robust_model(**design, seed=3)

    assert fit.draws.shape == (60, 2000)
    spread = fit.draws.std(axis=1)
    assert (np.abs(fit.draws.mean(axis=1) - (fit.mean + fit.question_effect)) < 0.2 * spread).all()


def test_two_seeds_give_the_same_answer_within_chance():
    design, _, _ = plain_world(2)
    one, other = (fit_robust_model(**design, seed=seed) for seed in (1, 2))

    assert np.abs(one.question_effect - other.question_effect).max() < 0.15 * one.draws.std(axis=1).mean()
    assert one.draws.tobytes() != other.draws.tobytes()


def test_the_same_seed_gives_the_same_bytes():
    design, _, _ = plain_world(3)
    one, other = (fit_robust_model(**design, seed=5, **SHORT) for _ in range(2))

    assert one.draws.tobytes() == other.draws.tobytes()
    assert one.question_effect.tobytes() == other.question_effect.tobytes()


def test_intervals_cover_the_truth_and_the_leniencies():
    inside, n, inside_leniency, n_panelists = 0, 0, 0, 0
    for seed in range(4):
        design, truth, leniency = plain_world(10 + seed)
        fit = fit_robust_model(**design, seed=seed)
        low, high = np.quantile(fit.draws, [0.05, 0.95], axis=1)
        value = 3 + leniency.mean() + truth
        inside += np.sum((low <= value) & (value <= high))
        n += len(truth)
        relative = leniency - leniency.mean()
        inside_leniency += np.sum((fit.leniency_low <= relative) & (relative <= fit.leniency_high))
        n_panelists += len(leniency)

    assert 0.85 * n <= inside <= 0.95 * n
    assert 0.83 * n_panelists <= inside_leniency <= 0.98 * n_panelists


def test_twelve_of_sixty_blunt_hostile_panelists_hide_few_of_the_best(rating_world):
    world = rating_world(1, n_questions=400, n_panelists=60, load=80)
    design = with_hostile_panelists(world, 12)
    fit = fit_robust_model(**design, seed=1)

    assert recall(fit.question_effect, world, 10) >= 0.75
    assert recall(fit.start.question_effect, world, 10) < 0.5
    assert fit.scale[:12].max() < fit.scale[12:].min()


def test_scale_and_noise_of_a_panelist_are_found():
    random = np.random.default_rng(4)
    truth, scale = random.normal(0, 0.8, 200), np.where(np.arange(12) == 3, 1.6, 1.0)
    noise = np.where(np.arange(12) == 7, 1.5, 0.4)
    question, panelist = np.divmod(np.arange(2400), 12)
    rating = 3 + scale[panelist] * truth[question] + noise[panelist] * random.standard_normal(2400)
    fit = fit_robust_model(question=question, panelist=panelist, rating=rating, n_questions=200, n_panelists=12, seed=1)

    assert fit.scale.argmax() == 3 and fit.noise.argmax() == 7
    assert fit.scale[3] / np.median(fit.scale) == pytest.approx(1.6, rel=0.1)
    assert fit.noise[7] > 2.5 * np.median(fit.noise)


def test_one_rating_against_all_others_counts_for_little():
    rating = np.tile(np.linspace(1.5, 4.5, 20)[:, None], 8) + np.random.default_rng(0).normal(0, 0.2, (20, 8))
    rating[2, 0] = 5.0
    question, panelist = np.divmod(np.arange(160), 8)
    fit = fit_robust_model(
        question=question, panelist=panelist, rating=rating.ravel(), n_questions=20, n_panelists=8, seed=1
    )

    assert fit.weight.argmin() == 16 and fit.weight[16] < 0.15
    assert np.median(fit.weight) == pytest.approx(1, abs=0.2)
    value = fit.mean + fit.question_effect
    assert abs(value[2] - np.mean(rating[2, 1:])) < abs(value[2] - np.mean(rating[2]))


def test_known_truth_is_found_at_least_as_well_as_by_the_crossed_model(rating_world):
    gain = []
    for seed in range(3):
        world = rating_world(seed)
        fit = fit_robust_model(**world.design(), seed=seed)
        effects = (fit.question_effect, fit.start.question_effect)
        robust, crossed = (kendalltau(world.truth, effect).statistic for effect in effects)
        gain.append(robust - crossed)

    assert min(gain) > -0.01 and np.mean(gain) > 0


def test_equal_ratings_give_equal_questions():
    question, panelist = np.divmod(np.arange(12), 3)
    fit = fit_robust_model(
        question=question, panelist=panelist, rating=np.full(12, 3.0), n_questions=4, n_panelists=3, seed=0, **SHORT
    )

    np.testing.assert_array_equal(fit.draws, np.full((4, 100), 3.0))
    np.testing.assert_array_equal(fit.scale, np.ones(3))
    assert fit.start.at_boundary == ("question", "panelist", "residual")


def test_a_single_panelist_has_no_leniency_and_orders_by_rating():
    fit = fit_robust_model(
        question=np.arange(5), panelist=np.zeros(5, int), rating=np.array([1.0, 5, 2, 4, 3]), n_questions=5,
        n_panelists=1, seed=0,
    )  # fmt: skip

    assert np.argsort(-fit.question_effect).tolist() == [1, 3, 4, 2, 0]
    np.testing.assert_array_equal(fit.leniency, [0.0])
    np.testing.assert_array_equal(fit.scale, [1.0])
    assert "question" in fit.start.assumed and np.isfinite(fit.draws).all()


def test_an_unrated_question_and_an_idle_panelist_have_the_prior():
    design, _, _ = plain_world(5)
    fit = fit_robust_model(**{**design, "n_questions": 61, "n_panelists": 16}, seed=0)

    assert abs(fit.question_effect[60]) < 0.15
    assert fit.draws[60].std() > 1.3 * fit.draws[:60].std(axis=1).max()
    assert (fit.leniency[15], fit.scale[15]) == (0.0, 1.0)
    assert fit.leniency_low[15] == -fit.leniency_high[15] < fit.leniency_low[:15].max()


def test_a_design_in_two_parts_is_legal():
    design, truth, _ = plain_world(6, n_questions=40, n_panelists=12)
    same_part = design["question"] // 20 == design["panelist"] // 6
    kept = {name: design[name][same_part] for name in ("question", "panelist", "rating")}
    fit = fit_robust_model(**{**design, **kept}, seed=0)

    assert np.isfinite(fit.draws).all()
    for part in (slice(0, 20), slice(20, 40)):
        assert kendalltau(fit.question_effect[part], truth[part]).statistic > 0.4


def test_full_agreement_keeps_the_order():
    truth = np.array([1.0, 4.0, 2.0, 5.0, 3.0])
    question, panelist = np.divmod(np.arange(15), 3)
    fit = fit_robust_model(
        question=question, panelist=panelist, rating=truth[question], n_questions=5, n_panelists=3, seed=0
    )

    np.testing.assert_allclose(fit.mean + fit.question_effect, truth, atol=0.05)


def test_more_draws_than_sweeps_are_refused():
    design, _, _ = plain_world(7)
    with pytest.raises(ValueError, match="sweeps"):
        fit_robust_model(**design, seed=0, n_sweeps=100, n_burn=50, n_draws=50 * N_CHAINS + 1)


@pytest.mark.parametrize("n_draws", [1, 2000, 2001, 5000])
def test_enough_sweeps_are_asked_for_any_number_of_draws(n_draws):
    design, _, _ = plain_world(8, n_questions=4, n_panelists=3, n_each=2)

    fit = fit_robust_model(**design, seed=0, n_sweeps=sweeps_for(n_draws), n_draws=n_draws)
    assert fit.draws.shape == (4, n_draws)


@pytest.mark.parametrize("change", [{"rating": np.array([1.0, np.nan])}, {"question": np.array([0, 2])}])
def test_fit_refuses_ratings_that_make_no_sense(change):
    sound = {"question": np.array([0, 1]), "panelist": np.array([0, 0]), "rating": np.array([1.0, 2.0])}
    with pytest.raises(ValueError):
        fit_robust_model(**{**sound, **change}, n_questions=2, n_panelists=1, seed=0)
