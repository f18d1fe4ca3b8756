import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.language.duplicates import nearest_pairs, nearest_sparse_pairs
from ml.language.lexical import TermWeights, likeness_rows
from ml.language.pair_curve import Calibration, fit_calibration, probability, shipped_calibration
from solicit.web.folding import fold

SAMPLE = Path(__file__).parents[3] / "solicit/demo/content/questions-en.jsonl"


def test_shipped_curve_of_titles_is_what_the_labelled_pairs_give(shared_rows, onnx_encoder):
    cosine, same = stack_exchange_pairs(shared_rows, onnx_encoder, lambda title, body: title)
    ours, ours_same = space_pairs(shared_rows, onnx_encoder)

    slope, intercept = refit([cosine, ours], [same, ours_same])

    assert (len(same), same.sum(), len(ours_same), ours_same.sum()) == (827, 212, 36, 15)
    assert slope == pytest.approx(shipped_calibration("titles").slope, abs=0.1)
    assert intercept == pytest.approx(shipped_calibration("titles").intercept, abs=0.1)


@pytest.mark.full
def test_shipped_curve_of_texts_is_what_the_labelled_pairs_give(shared_rows, onnx_encoder):
    cosine, same = stack_exchange_pairs(shared_rows, onnx_encoder, lambda title, body: f"{title}\n{body}")
    ours, ours_same = sample_pairs(onnx_encoder)
    space, space_same = space_pairs(shared_rows, onnx_encoder, with_background=True)

    slope, intercept = refit([cosine, ours, space], [same, ours_same, space_same])

    assert (len(same), same.sum(), len(ours_same), ours_same.sum()) == (603, 224, 72, 18)
    assert (len(space_same), space_same.sum()) == (31, 13)
    assert slope == pytest.approx(shipped_calibration("texts").slope, abs=0.1)
    assert intercept == pytest.approx(shipped_calibration("texts").intercept, abs=0.1)


def refit(cosine, same):
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=1e6, max_iter=1000).fit(np.concatenate(cosine)[:, None], np.concatenate(same))
    return fitted.coef_[0, 0], fitted.intercept_[0]


def stack_exchange_pairs(shared_rows, encoder, text_of):
    """Every near pair of questions, and whether the community put both into one group of duplicates."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    rows = shared_rows("B_duplicates/stackexchange_english_duplicates.csv")
    texts = {row[q + "_url"]: text_of(row[q + "_title"], row[q + "_body"]) for row in rows for q in ("q1", "q2")}
    number = {url: i for i, url in enumerate(texts)}
    marked = [(number[row["q1_url"]], number[row["q2_url"]]) for row in rows if row["is_duplicate"] == "1"]
    left, right = np.array(marked).T
    graph = csr_array((np.ones(len(left)), (left, right)), shape=(len(texts), len(texts)))
    question = connected_components(graph, directed=False)[1]
    pairs = nearest_pairs(encoder.encode(list(texts.values())), threshold=0.5)
    return pairs.cosine, question[pairs.left] == question[pairs.right]


def sample_pairs(encoder):
    """Every near pair of one kind in the sample call, and whether one was written as a paraphrase of the other."""
    rows = [json.loads(line) for line in SAMPLE.read_text().splitlines()]
    pairs = nearest_pairs(encoder.encode([f"{row['title']}\n{row['goal_overview']}" for row in rows]), threshold=0.5)
    both = [(rows[left], rows[right]) for left, right in zip(pairs.left, pairs.right, strict=True)]
    kept = np.array([one["kind"] == other["kind"] for one, other in both])
    same = np.array(
        [one["key"] == other["paraphrase_of"] or other["key"] == one["paraphrase_of"] for one, other in both]
    )
    return pairs.cosine[kept], same[kept]


@pytest.mark.parametrize("compared", ["titles", "texts"])
def test_shipped_curves_rank_and_weigh_space_questions(shared_rows, onnx_encoder, compared):
    cosine, same = space_pairs(shared_rows, onnx_encoder, with_background=compared == "texts")

    expected = probability(cosine, calibration=shipped_calibration(compared))

    assert expected.sum() == pytest.approx(same.sum(), abs=4)
    assert np.mean(expected[same][:, None] > expected[~same]) > 0.85


def test_shipped_curve_of_texts_finds_the_paraphrases_of_the_sample(onnx_encoder):
    cosine, same = sample_pairs(onnx_encoder)

    expected = probability(cosine, calibration=shipped_calibration("texts"))

    assert expected.sum() == pytest.approx(same.sum(), abs=7)
    assert np.mean(expected[same][:, None] > expected[~same]) > 0.8
    assert (expected[same] >= 0.2).sum() >= 16


def space_pairs(shared_rows, encoder, *, with_background=False):
    """The hand-labelled pairs: their titles, or the texts of those that have more than titles."""
    rows = shared_rows("B_duplicates/space_reddit_handlabelled.csv")
    both = [(row["question1"], row["question2"]) for row in rows]
    same = np.array([row["is_duplicate"] == "1" for row in rows])
    if with_background:
        background = {row["question"]: row["background"] for row in shared_rows("space_questions.csv")}
        has_more = np.array([bool(background[one] or background[other]) for one, other in both])
        both = [tuple(f"{title}\n{background[title]}".rstrip() for title in pair) for pair in both]
        both, same = [pair for pair, more in zip(both, has_more, strict=True) if more], same[has_more]
    left, right = (encoder.encode(list(texts)) for texts in zip(*both, strict=True))
    return np.sum(left * right, axis=1), same


def test_a_known_curve_is_found_again():
    rng = np.random.default_rng(1)
    truth = Calibration(slope=16.0, intercept=-12.8)
    cosine = rng.uniform(0.5, 1.0, 20_000)
    same = rng.random(20_000) < probability(cosine, calibration=truth)

    fitted = fit_calibration(cosine, same)

    assert fitted.slope == pytest.approx(truth.slope, rel=0.05)
    assert fitted.intercept == pytest.approx(truth.intercept, rel=0.05)


def test_without_verdicts_the_prior_stays():
    prior = Calibration(slope=9.0, intercept=-6.0)

    assert fit_calibration(np.empty(0), np.empty(0, dtype=bool)) == shipped_calibration("texts")
    assert fit_calibration(np.empty(0), np.empty(0, dtype=bool), prior=prior) == prior


def test_verdicts_of_one_kind_move_the_curve_a_finite_way():
    cosine = np.linspace(0.7, 0.9, 25)
    before = probability(cosine, calibration=shipped_calibration("texts"))

    all_same = fit_calibration(cosine, np.ones(25, dtype=bool))
    none_same = fit_calibration(cosine, np.zeros(25, dtype=bool))

    assert np.all(probability(cosine, calibration=all_same) > before)
    assert np.all(probability(cosine, calibration=none_same) < before)
    assert probability(cosine, calibration=none_same).max() > 0.01


def test_verdicts_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="same shape"):
        fit_calibration(np.ones(2), np.ones(3, dtype=bool))


@given(st.lists(st.tuples(st.floats(-1, 1), st.booleans()), max_size=40))
def test_probability_rises_with_cosine_whatever_people_said(verdicts):
    cosine = np.array([each for each, _ in verdicts])
    same = np.array([each for _, each in verdicts], dtype=bool)

    rising = probability(np.linspace(0.4, 0.9, 20), calibration=fit_calibration(cosine, same))

    assert np.all(np.diff(rising) > 0)
    assert rising.min() >= 0
    assert rising.max() <= 1


def test_a_verdict_of_more_weight_pulls_as_several_do():
    cosine, same = np.array([0.6, 0.7, 0.8]), np.array([True, False, True])

    weighed = fit_calibration(cosine, same, weight=np.array([3.0, 1.0, 2.0]))
    repeated = fit_calibration(np.repeat(cosine, [3, 1, 2]), np.repeat(same, [3, 1, 2]))

    assert (weighed.slope, weighed.intercept) == pytest.approx((repeated.slope, repeated.intercept), rel=1e-4)


@pytest.mark.parametrize("language", ["ar", "es", "fr", "ru", "zh"])
def test_shipped_curve_of_words_suggests_the_paraphrase_of_each_language_first(language):
    rows = [json.loads(line) for line in SAMPLE.with_name(f"questions-{language}.jsonl").read_text().splitlines()]
    texts = [fold(row["title"], row["goal_overview"]) for row in rows]

    pairs = nearest_sparse_pairs(likeness_rows(*TermWeights(texts).rows(texts)), threshold=0.1)

    best = np.argmax(pairs.cosine)
    one, other = rows[pairs.left[best]], rows[pairs.right[best]]
    assert one["key"] == other.get("paraphrase_of") or other["key"] == one.get("paraphrase_of")
    chance = probability(pairs.cosine, calibration=shipped_calibration("words"))
    assert chance[best] >= 0.2
    assert (chance >= 0.2).sum() <= 2
