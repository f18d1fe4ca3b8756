import json
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.decision.agreement import LEVELS, alpha_interval, kendall_w, krippendorff_alpha

FIXTURES = Path(__file__).parents[4] / "shared" / "design" / "fixtures.json"
NONE = np.nan

# Wikipedia, "Krippendorff's alpha": three coders, fifteen units. Published: nominal .691, interval .811.
WIKIPEDIA = np.array(
    [
        [NONE, NONE, NONE, NONE, NONE, 3, 4, 1, 2, 1, 1, 3, 3, NONE, 3],
        [1, NONE, 2, 1, 3, 3, 4, 3, NONE, NONE, NONE, NONE, NONE, NONE, NONE],
        [NONE, NONE, 2, 1, 3, 4, 4, NONE, 2, 1, 1, 3, 3, NONE, 4],
    ]
)
WIKIPEDIA_ALPHA = {"nominal": 0.691358, "ordinal": 0.806721, "interval": 0.810845, "ratio": 0.808944}

# Krippendorff (2011), Computing Krippendorff's alpha-reliability, A: binary data, two observers. Published: .095.
BINARY = np.array([[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]], dtype=float)

# Four judges, ten projects: S = 1048, so W = 12 * 1048 / (16 * 990) by its definition.
JUDGES = np.array(
    [
        [1, 3, 4, 5, 2, 8, 6, 7, 10, 9],
        [2, 1, 4, 5, 6, 3, 8, 7, 10, 9],
        [3, 2, 1, 5, 7, 4, 6, 8, 9, 10],
        [4, 2, 3, 1, 6, 7, 5, 9, 8, 10],
    ],
    dtype=float,
)


@pytest.fixture
def published():
    if not FIXTURES.exists():
        pytest.skip(f"{FIXTURES} is not there")
    return json.loads(FIXTURES.read_text())


@pytest.mark.parametrize("level", LEVELS)
def test_alpha_of_wikipedia_at_each_level(level):
    assert krippendorff_alpha(WIKIPEDIA, level=level) == pytest.approx(WIKIPEDIA_ALPHA[level], abs=5e-7)


def test_alpha_of_binary_data():
    assert krippendorff_alpha(BINARY, level="nominal") == pytest.approx(0.095238, abs=5e-7)


def test_w_of_four_judges():
    assert kendall_w(JUDGES) == pytest.approx(0.793939, abs=5e-7)
    assert kendall_w(JUDGES) == pytest.approx(12 * 1048 / (16 * 990), abs=1e-12)


def test_published_fixtures(published):
    for name, levels in (("kripp_wiki_3x15", LEVELS), ("kripp_2x10_binary", ("nominal",))):
        table = np.array(published[name]["data"], dtype=float)
        for level in levels:
            assert krippendorff_alpha(table, level=level) == pytest.approx(published[name][level], abs=5e-7)
    judges = published["kendall_w_4x10"]
    assert kendall_w(np.array(judges["judges"], dtype=float)) == pytest.approx(judges["W"], abs=5e-7)


def test_w_counts_ties():
    # Siegel & Castellan's correction by hand: ranks (1.5, 1.5, 3) and (1, 2, 3); S = 6.5; ties 2**3 - 2 = 6.
    assert kendall_w(np.array([[1.0, 1.0, 2.0], [1.0, 2.0, 3.0]])) == pytest.approx(12 * 6.5 / (4 * 24 - 2 * 6))


def test_w_is_one_in_full_agreement_with_ties_and_nan_without_any_order():
    assert kendall_w(np.array([[1.0, 1, 2, 3], [4.0, 4, 5, 9]])) == pytest.approx(1.0)
    assert np.isnan(kendall_w(np.ones((3, 4))))


@pytest.mark.parametrize("ratings", [np.ones((1, 5)), np.ones((3, 1)), np.array([[1.0, NONE], [1.0, 2.0]])])
def test_w_of_what_it_cannot_compare_is_refused(ratings):
    with pytest.raises(ValueError):
        kendall_w(ratings)


tables = st.lists(
    st.lists(st.sampled_from([NONE, 1.0, 2.0, 3.0, 4.5]), min_size=6, max_size=6), min_size=2, max_size=4
).map(np.array)


def alpha_by_pairs(ratings, level):
    """Alpha from its definition: every ordered pair of ratings within questions, and every pair of all ratings."""
    units = [column[np.isfinite(column)] for column in ratings.T]
    units = [unit for unit in units if len(unit) > 1]
    pooled = np.concatenate([*units, []])

    def distance(one, other):
        if level == "nominal":
            return float(one != other)
        if level == "interval":
            return (one - other) ** 2
        if level == "ratio":
            return ((one - other) / (one + other)) ** 2
        low, high = min(one, other), max(one, other)
        between = np.sum((pooled >= low) & (pooled <= high))
        return (between - (np.sum(pooled == low) + np.sum(pooled == high)) / 2) ** 2 if one != other else 0.0

    observed = sum(sum(distance(*pair) for pair in permutations(unit, 2)) / (len(unit) - 1) for unit in units)
    expected = sum(distance(*pair) for pair in permutations(pooled, 2))
    return 1 - observed * (len(pooled) - 1) / expected if expected else NONE


@settings(max_examples=100)
@given(tables, st.sampled_from(LEVELS))
def test_alpha_is_that_of_its_definition(ratings, level):
    assert krippendorff_alpha(ratings, level=level) == pytest.approx(alpha_by_pairs(ratings, level), nan_ok=True)


def test_alpha_of_full_agreement_is_one_and_of_one_value_unknown():
    assert krippendorff_alpha(np.tile([1.0, 2.0, 5.0], (3, 1))) == 1.0
    assert np.isnan(krippendorff_alpha(np.ones((3, 4))))
    assert np.isnan(krippendorff_alpha(np.array([[1.0, NONE], [NONE, 2.0]])))


def test_level_that_does_not_exist_is_refused():
    with pytest.raises(ValueError):
        krippendorff_alpha(WIKIPEDIA, level="cardinal")


def test_interval_holds_alpha_and_repeats_with_its_seed():
    agreement = alpha_interval(WIKIPEDIA, seed=3)

    assert agreement == alpha_interval(WIKIPEDIA, seed=3)
    assert agreement != alpha_interval(WIKIPEDIA, seed=4)
    assert agreement.low < agreement.alpha == krippendorff_alpha(WIKIPEDIA) < agreement.high


def test_interval_narrows_with_more_questions():
    few, many = (alpha_interval(np.tile(WIKIPEDIA, (1, times)), seed=1) for times in (1, 25))

    assert many.high - many.low < 0.4 * (few.high - few.low)


def test_interval_of_nothing_is_unknown():
    agreement = alpha_interval(np.full((2, 3), NONE), seed=1)

    assert np.isnan([agreement.alpha, agreement.low, agreement.high]).all()
