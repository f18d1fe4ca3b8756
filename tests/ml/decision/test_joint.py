import numpy as np
import pytest
from scipy.stats import kendalltau

from ml.decision.ballots import Ballots
from ml.decision.choices import lone_prior
from ml.decision.comparisons import Comparisons, fit_comparisons
from ml.decision.joint import CHOICES_FALL_APART, LONE_MIDDLE, WITHOUT_RATINGS, join_evidence


def prior_draws(seed, n_questions=60, n_draws=2000):
    """Draws of question values that share the severity of their panel."""
    random = np.random.default_rng(seed)
    common = 0.3 * random.normal(size=n_draws)
    return 3 + common + 0.6 * random.normal(size=(n_questions, n_draws)), random


def judged_pairs(truth, items, n, random, *, logits=2.0):
    pairs = np.array([random.choice(items, 2, replace=False) for _ in range(n)])
    chance = 1 / (1 + np.exp(-logits * (truth[pairs[:, 0]] - truth[pairs[:, 1]])))
    return Comparisons(pairs[:, 0], pairs[:, 1], (random.random(n) < chance).astype(float))


def ordered_ballots(truth, items, n, random, *, n_placed):
    rows = []
    for ballot in range(n):
        order = items[np.argsort(-(2 * truth[items] + random.gumbel(size=len(items))))]
        rows += [(ballot, item, place if place <= n_placed else 0) for place, item in enumerate(order, start=1)]
    return Ballots(*np.array(rows).T)


def join(draws, *, comparisons=None, ballots=None, group=None, **options):
    group = np.zeros(60, dtype=int) if group is None else group
    return join_evidence(rating_draws=draws, group=group, comparisons=comparisons, ballots=ballots, seed=1, **options)


def test_without_comparisons_and_ballots_the_draws_are_unchanged():
    draws, _ = prior_draws(0)
    before = draws.tobytes()
    nothing = Comparisons(*np.zeros((2, 0), dtype=int), np.zeros(0))

    for joint in (join(draws), join(draws, comparisons=nothing, ballots=Ballots(*np.zeros((3, 0), dtype=int)))):
        assert joint.draws.tobytes() == before
        assert joint.mean.tobytes() == draws.mean(axis=1).tobytes()
        assert joint.notes == () and np.isnan(joint.kappa)


@pytest.mark.parametrize("kind", ["comparisons", "ballots", "both"])
def test_evidence_narrows_the_intervals_and_improves_the_order(kind):
    draws, random = prior_draws(1)
    truth = draws[:, 0]
    items = np.arange(20)
    evidence = {}
    if kind != "ballots":
        evidence["comparisons"] = judged_pairs(truth, items, 400, random)
    if kind != "comparisons":
        evidence["ballots"] = ordered_ballots(truth, items, 12, random, n_placed=20)
    before = draws.copy()
    joint = join(draws, **evidence)

    assert draws.tobytes() == before.tobytes()
    assert (joint.draws[items].std(axis=1) < 0.8 * draws[items].std(axis=1)).all()
    assert kendalltau(joint.mean[items], truth[items]).statistic > 0.6
    np.testing.assert_allclose(joint.draws.mean(axis=1)[items], joint.mean[items], atol=1e-9)


def test_more_evidence_narrows_further():
    draws, random = prior_draws(2)
    pairs = judged_pairs(draws[:, 0], np.arange(20), 800, random)
    spread = []
    for n in (100, 200, 400, 800):
        some = Comparisons(pairs.first[:n], pairs.second[:n], pairs.share[:n])
        compared = join(draws, comparisons=some).draws[:20]
        # What the panel has in common, no comparison can tell.
        spread.append((compared - compared.mean(axis=0)).std(axis=1).mean())

    assert spread == sorted(spread, reverse=True)
    assert spread[-1] < 0.6 * spread[0]


def test_the_compared_get_the_mode_and_covariance_of_the_fit():
    draws, random = prior_draws(3, n_questions=6, n_draws=200_000)
    pairs = judged_pairs(draws[:, 0], np.arange(6), 150, random)
    joint = join(draws, comparisons=pairs, group=np.zeros(6, dtype=int))
    fit = fit_comparisons(
        first=pairs.first,
        second=pairs.second,
        share=pairs.share,
        prior_mean=draws.mean(axis=1),
        prior_covariance=np.cov(draws),
        scale=joint.kappa,
    )

    np.testing.assert_allclose(joint.mean, fit.value, atol=0.02)
    np.testing.assert_allclose(np.cov(joint.draws), fit.covariance, atol=0.01)


def test_others_follow_only_as_far_as_they_hang_together_with_the_compared():
    draws, random = prior_draws(4)
    draws[40] = draws[0] + 0.1 * random.normal(size=2000)
    others = np.arange(20, 60)
    lone = others[others != 40]
    # Question 0 wins against everybody.
    first, second = np.zeros(60, dtype=int), np.tile(np.arange(1, 20), 4)[:60]
    joint = join(draws, comparisons=Comparisons(first, second, np.ones(60)))
    shift = joint.mean - draws.mean(axis=1)

    assert shift[0] > 0.3
    assert shift[40] == pytest.approx(shift[0], rel=0.3)
    assert np.abs(shift[lone]).max() < 0.1
    assert joint.draws[40].std() < 0.9 * draws[40].std()
    np.testing.assert_allclose(joint.draws[lone].std(axis=1), draws[lone].std(axis=1), rtol=0.1)


def test_joint_intervals_cover_the_truth():
    inside = 0
    for seed in range(12):
        draws, random = prior_draws(100 + seed)
        truth = draws[:, 0]
        pairs = judged_pairs(truth, np.arange(20), 300, random)
        ballots = ordered_ballots(truth, np.arange(10, 30), 5, random, n_placed=8)
        joint = join(draws, comparisons=pairs, ballots=ballots)
        low, high = np.quantile(joint.draws[:30], [0.05, 0.95], axis=1)
        inside += np.sum((low <= truth[:30]) & (truth[:30] <= high))

    assert 0.87 * 360 <= inside <= 0.95 * 360


def test_without_ratings_values_lie_around_the_middle_and_a_note_says_so():
    random = np.random.default_rng(5)
    truth = random.normal(size=60)
    joint = join(None, comparisons=judged_pairs(truth, np.arange(20), 600, random), n_draws=500)

    assert joint.notes == (WITHOUT_RATINGS,)
    assert joint.draws.shape == (60, 500)
    assert kendalltau(joint.mean[:20], truth[:20]).statistic > 0.7
    assert joint.mean[:20].mean() == pytest.approx(LONE_MIDDLE, abs=0.1)
    assert joint.draws[20:].std() == pytest.approx(0.75, rel=0.05)


def test_without_ratings_values_are_the_lone_fit_of_the_comparisons():
    random = np.random.default_rng(6)
    pairs = judged_pairs(random.normal(size=60), np.arange(60), 900, random)
    joint = join(None, comparisons=pairs, n_draws=20_000)
    mean, covariance = lone_prior(60)
    alone = fit_comparisons(
        first=pairs.first,
        second=pairs.second,
        share=pairs.share,
        prior_mean=mean,
        prior_covariance=covariance,
        scale=1.0,
    )

    np.testing.assert_allclose(joint.mean, LONE_MIDDLE + alone.value / 2, atol=0.05)


def test_ratings_that_are_all_equal_leave_the_order_to_the_comparisons():
    first, second = np.array([0, 0, 1, 1]), np.array([1, 2, 2, 2])
    joint = join(np.full((60, 300), 3.0), comparisons=Comparisons(first, second, np.ones(4)), n_draws=300)

    assert joint.mean[0] > joint.mean[1] > joint.mean[2]
    assert joint.notes == (WITHOUT_RATINGS,)


def test_choices_that_fall_apart_inside_a_group_are_named():
    draws, _ = prior_draws(7)
    pairs = Comparisons(np.array([0, 2]), np.array([1, 3]), np.ones(2))
    two_groups = np.where(np.arange(60) < 2, 0, 1)

    assert join(draws, comparisons=pairs).notes == (CHOICES_FALL_APART,)
    assert join(draws, comparisons=pairs, group=two_groups).notes == ()


def test_a_question_that_does_not_exist_is_refused():
    draws, _ = prior_draws(8)
    with pytest.raises(ValueError, match="outside"):
        join(draws, comparisons=Comparisons(np.array([0]), np.array([60]), np.ones(1)))
