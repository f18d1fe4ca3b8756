import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.language.pair_curve import Calibration, probability, shipped_calibration
from ml.language.pair_features import NAMES
from ml.language.pair_scores import (
    Scorer,
    Verdicts,
    calibration_error,
    fit_form,
    fit_scorer,
    folds_of,
    scorer_of,
    shipped_scorer,
)
from ml.language.pair_trees import fit_trees

TRUTH = Calibration(16.0, -11.0)


def pairs(n, *, seed=1, bodies_matter=False, is_tangled=False):
    """Made-up verdicts that follow a curve; with bodies_matter, other bodies make two questions different."""
    rng = np.random.default_rng(seed)
    features = np.zeros((n, len(NAMES)))
    features[:, 0] = rng.uniform(0.5, 0.95, n)
    features[:, NAMES.index("words")] = rng.uniform(0, 1, n)
    features[:, NAMES.index("bodies")] = rng.random(n) < 0.5
    chance = probability(features[:, 0], calibration=TRUTH)
    if bodies_matter:
        chance = chance * np.where(features[:, NAMES.index("bodies")] > 0, 0.1, 1.0)
    if is_tangled:
        chance = np.where((features[:, 0] > 0.7) ^ (features[:, NAMES.index("words")] > 0.5), 0.9, 0.1)
    return Verdicts(features, rng.random(n) < chance, np.ones(n), np.arange(n)), chance


def test_before_any_verdict_the_shipped_curves_count():
    verdicts, _ = pairs(0)
    scorer, error = fit_scorer(verdicts, prior=shipped_scorer())

    assert (scorer, error) == (shipped_scorer(), None)
    bare, whole = np.zeros((2, len(NAMES)))
    bare[:2], whole[0] = (0.7, 1), 0.7
    expected = [probability(0.7, calibration=shipped_calibration(each)) for each in ("titles", "texts")]
    assert scorer.probability(np.array([bare, whole])) == pytest.approx(expected)
    assert scorer.least_cosine(0.2) == pytest.approx(0.539, abs=1e-3)


def test_few_verdicts_give_a_curve_of_cosine_and_its_error_on_unseen_ones():
    verdicts, truth = pairs(299, bodies_matter=True)

    scorer, error = fit_scorer(verdicts, prior=shipped_scorer())

    assert scorer.form == "cosine"
    assert 0 < error < 0.15
    assert scorer.titles == shipped_calibration("titles") != scorer.texts


def test_features_are_taken_up_from_three_hundred_verdicts_where_they_help():
    verdicts, truth = pairs(300, bodies_matter=True)

    scorer, _ = fit_scorer(verdicts, prior=shipped_scorer())

    assert scorer.form == "features"
    of_cosine = fit_form("cosine", verdicts, prior=shipped_scorer()).probability(verdicts.features)
    assert np.abs(scorer.probability(verdicts.features) - truth).mean() < np.abs(of_cosine - truth).mean() / 2


def test_features_that_say_nothing_are_not_taken_up():
    verdicts, _ = pairs(400)

    assert fit_scorer(verdicts, prior=shipped_scorer())[0].form == "cosine"


def test_trees_are_taken_up_from_five_thousand_verdicts_where_they_help():
    verdicts, truth = pairs(5_000, is_tangled=True)

    scorer, error = fit_scorer(verdicts, prior=shipped_scorer())

    assert scorer.form == "trees"
    assert error < 0.02
    assert np.abs(scorer.probability(verdicts.features) - truth).mean() < 0.05


def test_our_trees_foretell_what_the_library_does():
    from sklearn.ensemble import HistGradientBoostingClassifier

    from ml.language import pair_trees

    verdicts, _ = pairs(800, is_tangled=True)
    ours = fit_trees(verdicts.features, verdicts.same, weight=verdicts.weight, fold=np.arange(800) % 5)
    theirs = HistGradientBoostingClassifier(
        learning_rate=pair_trees.RATE,
        max_iter=pair_trees.N_TREES,
        max_leaf_nodes=pair_trees.LEAVES,
        min_samples_leaf=pair_trees.LEAST_PAIRS_IN_A_LEAF,
        early_stopping=False,
        random_state=pair_trees.SEED,
    ).fit(verdicts.features, verdicts.same, sample_weight=verdicts.weight)
    other, _ = pairs(500, seed=2)

    np.testing.assert_allclose(ours.raw(other.features), theirs.decision_function(other.features), rtol=1e-9)


@pytest.mark.parametrize("form", ["cosine", "features", "trees"])
def test_a_scorer_is_the_same_after_it_was_kept_as_json(form):
    verdicts, _ = pairs(400, bodies_matter=True)
    scorer = fit_form(form, verdicts, prior=shipped_scorer())

    again = scorer_of(json.loads(json.dumps(scorer.parameters())))

    assert again == scorer
    np.testing.assert_array_equal(again.probability(verdicts.features), scorer.probability(verdicts.features))


@settings(max_examples=20)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.integers(0, 3)), min_size=1, max_size=30))
def test_any_verdicts_give_probabilities(rows):
    features = np.zeros((len(rows), len(NAMES)))
    features[:, 0] = [row[0] for row in rows]
    same, group = np.array([row[1] for row in rows]), np.array([row[2] for row in rows])
    verdicts = Verdicts(features, same, np.ones(len(rows)), group)

    for form in ("cosine", "features", "trees"):
        chance = fit_form(form, verdicts, prior=shipped_scorer()).probability(features)
        assert np.all((chance >= 0) & (chance <= 1))
    assert 0 <= fit_scorer(verdicts, prior=shipped_scorer())[1] <= 1


def test_a_group_is_never_split_between_folds():
    group = np.array([7, 7, 3, 9, 3, 11, 12, 13, 9])

    fold = folds_of(group)

    assert all(len(set(fold[group == each])) == 1 for each in group)
    assert set(fold) == {0, 1, 2, 3, 4}


def test_calibration_error_weighs_each_bin_by_its_verdicts():
    foretold, same = np.array([0.05, 0.95, 0.95, 1.0]), np.array([False, True, False, True])

    assert calibration_error(foretold, same) == pytest.approx((0.05 + abs(2.9 - 2)) / 4)
    weighed = calibration_error(foretold, same, weight=np.array([3.0, 1, 1, 1]))
    assert weighed == pytest.approx((0.15 + 0.9) / 6)


def test_words_have_a_curve_of_their_own():
    assert shipped_scorer("words") == Scorer("shipped", *[shipped_calibration("words")] * 2)
