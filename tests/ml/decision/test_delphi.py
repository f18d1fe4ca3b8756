import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.decision.delphi import conformity, opinions, stable_questions


def of_one(ratings, **scale):
    found = opinions(question=np.zeros(len(ratings), int), rating=np.array(ratings, float), n_questions=1, **scale)
    return {name: getattr(found, name)[0] for name in ("median", "iqr", "near_share", "is_agreed", "is_split")}


def test_agreement_needs_a_narrow_middle_and_three_quarters_near_it():
    assert of_one([3, 3, 4, 4]) == {
        "median": 3.5, "iqr": 1.0, "near_share": 1.0, "is_agreed": True, "is_split": False,
    }  # fmt: skip
    assert not of_one([1, 3, 3, 3, 5, 5])["is_agreed"]
    # IQR 0 with 6 of 8 near, then with 5 of 7.
    assert of_one([1, 3, 3, 3, 3, 3, 3, 5])["is_agreed"]
    assert not of_one([1, 3, 3, 3, 3, 3, 5])["is_agreed"]


def test_dissent_is_two_tails():
    assert of_one([1, 1, 3, 5, 5])["is_split"]
    assert not of_one([1, 3, 3, 5])["is_split"]
    assert of_one([1, 2, 8, 9], lowest=1, highest=9)["is_split"]


def test_question_without_ratings_has_no_opinion():
    found = opinions(question=np.array([1]), rating=np.array([4.0]), n_questions=2)

    assert np.isnan([found.median[0], found.iqr[0], found.near_share[0]]).all()
    assert found.is_agreed.tolist() == [False, True] and not found.is_split.any()


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from([1.0, 1.5, 2.0, 3.25, 4.0, 5.0])), min_size=1))
def test_quartiles_are_those_of_numpy(rows):
    question, rating = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    found = opinions(question=question, rating=rating, n_questions=5)

    for index in np.unique(question):
        low, median, high = np.quantile(rating[question == index], [0.25, 0.5, 0.75])
        assert found.median[index] == pytest.approx(median)
        assert found.iqr[index] == pytest.approx(high - low)


def test_stable_is_a_still_median_and_few_large_moves():
    question = np.repeat([0, 1, 2], 8)
    before = np.tile([2.0, 2, 3, 3, 3, 3, 4, 4], 3)
    after = before.copy()
    after[0] = 4.0  # one of eight moves far
    after[8:10] = 4.0  # two of eight
    after[16:] += 1.0  # all by one, the median with them

    assert stable_questions(question=question, before=before, after=after, n_questions=4).tolist() == [
        True, False, False, False,
    ]  # fmt: skip


def test_conformity_counts_changes_towards_the_median_shown():
    rows = {"question": np.array([0, 0, 0, 0]), "before": np.array([1.0, 2, 4, 5])}

    assert conformity(**rows, after=np.array([2.0, 2, 5, 4]), median=np.array([3.0])) == pytest.approx(2 / 3)
    assert np.isnan(conformity(**rows, after=rows["before"], median=np.array([3.0])))
