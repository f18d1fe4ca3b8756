import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.language.duplicates import (
    Calibration,
    fit_calibration,
    nearest_pairs,
    probability,
    shipped_calibration,
    star_groups,
)

SAMPLE = Path(__file__).parents[3] / "solicit/demo/content/questions-en.jsonl"
NONE = np.empty((0, 2), dtype=np.int64)


def unit_rows(n, *, width=8, seed=0):
    vectors = np.random.default_rng(seed).normal(size=(n, width)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def group(pairs, *, n, threshold=0.5, cannot_link=NONE, must_link=NONE):
    rows = np.array([pair[:2] for pair in pairs], dtype=np.int64).reshape(-1, 2)
    return star_groups(
        left=rows[:, 0],
        right=rows[:, 1],
        probability=np.array([pair[2] for pair in pairs], dtype=float),
        n=n,
        threshold=threshold,
        cannot_link=np.array(cannot_link, dtype=np.int64).reshape(-1, 2),
        must_link=np.array(must_link, dtype=np.int64).reshape(-1, 2),
    ).tolist()


@pytest.mark.parametrize("block", [1, 7, 64, 1024])
def test_pairs_are_those_of_the_full_matrix(block):
    vectors = unit_rows(100)
    full = vectors @ vectors.T
    expected = [(i, j) for i in range(100) for j in range(i + 1, 100) if full[i, j] >= 0.5]

    pairs = nearest_pairs(vectors, threshold=0.5, block=block)

    assert len(expected) > 50
    assert list(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)) == expected
    np.testing.assert_allclose(pairs.cosine, full[pairs.left, pairs.right], atol=1e-6)


@pytest.mark.parametrize("n", [0, 1])
def test_pairs_of_next_to_nothing_are_none(n):
    assert len(nearest_pairs(unit_rows(n)).cosine) == 0


def test_identical_vectors_all_pair_with_cosine_at_most_one():
    pairs = nearest_pairs(np.repeat(unit_rows(1), 5, axis=0))

    assert len(pairs.left) == 10
    assert pairs.cosine.max() <= 1


def test_pairs_refuse_a_flat_array():
    with pytest.raises(ValueError, match="shape"):
        nearest_pairs(np.ones(3, dtype=np.float32))


def test_shipped_curve_of_titles_is_what_the_labelled_pairs_give(shared_rows, onnx_encoder):
    cosine, same = stack_exchange_pairs(shared_rows, onnx_encoder, lambda title, body: title)
    ours, ours_same = space_pairs(shared_rows, onnx_encoder)

    slope, intercept = refit([cosine, ours], [same, ours_same])

    assert (len(same), same.sum(), len(ours_same), ours_same.sum()) == (827, 212, 36, 15)
    assert slope == pytest.approx(shipped_calibration("titles").slope, abs=0.1)
    assert intercept == pytest.approx(shipped_calibration("titles").intercept, abs=0.1)


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


def test_a_chain_does_not_become_one_group():
    chain = [(0, 1, 0.9), (1, 2, 0.9), (2, 3, 0.9), (3, 4, 0.9)]

    assert group(chain, n=5) == [1, 1, 1, 3, 3]


def test_a_question_joins_the_centre_it_is_closest_to():
    pairs = [(0, 1, 0.8), (0, 2, 0.8), (0, 3, 0.6), (3, 4, 0.95)]

    assert group(pairs, n=5) == [0, 0, 0, 4, 4]


def test_of_equally_many_neighbours_the_more_probable_make_the_centre():
    assert group([(0, 1, 0.6), (1, 2, 0.7), (2, 3, 0.9)], n=4) == [0, 2, 2, 2]


def test_a_pair_that_comes_twice_counts_once_with_the_higher_probability():
    pairs = [(0, 3, 0.9), (2, 4, 0.9), (0, 1, 0.9), (1, 2, 0.7), (1, 0, 0.55)]

    assert group(pairs, n=5) == [0, 0, 2, 0, 2]


def test_pairs_below_the_threshold_join_nothing():
    assert group([(0, 1, 0.49), (2, 3, 0.5)], n=4) == [0, 1, 2, 2]
    assert group([], n=0) == []


def test_different_keeps_two_members_of_a_star_apart():
    assert group([(0, 1, 0.9), (0, 2, 0.8)], n=3, cannot_link=[(1, 2)]) == [0, 0, 2]


def test_same_merges_stars():
    pairs = [(0, 1, 0.9), (2, 3, 0.9)]

    assert group(pairs, n=4, must_link=[(1, 3)]) == [1, 1, 1, 1]


def test_same_holds_without_any_similarity():
    assert group([], n=3, must_link=[(2, 1)]) == [0, 1, 1]


def test_different_wins_over_a_contradicting_same():
    assert group([(0, 1, 0.99)], n=2, cannot_link=[(0, 1)], must_link=[(0, 1)]) == [0, 1]
    assert group([], n=3, cannot_link=[(2, 0)], must_link=[(0, 1), (1, 2)]) == [0, 0, 2]


def test_numbers_outside_the_questions_are_refused():
    with pytest.raises(ValueError, match="0 to 1"):
        group([(0, 2, 0.9)], n=2)
    with pytest.raises(ValueError, match="0 to 1"):
        group([], n=2, must_link=[(-1, 0)])


N = 9
numbers = st.tuples(st.integers(0, N - 1), st.integers(0, N - 1))
# Few distinct probabilities, so that ties are common.
weighted = st.lists(st.tuples(numbers, st.sampled_from([0.1, 0.4, 0.5, 0.7, 0.7, 0.9])), max_size=40)
verdicts = st.lists(numbers.filter(lambda pair: pair[0] != pair[1]), max_size=8)


@given(weighted, verdicts)
def test_every_member_is_near_its_centre_and_no_group_holds_a_different_pair(pairs, cannot_link):
    flat = [(a, b, weight) for (a, b), weight in pairs]
    near = {frozenset((a, b)) for a, b, weight in flat if weight >= 0.5}

    canonical = group(flat, n=N, cannot_link=cannot_link)

    assert all(canonical[centre] == centre for centre in canonical)
    assert all(frozenset((i, c)) in near for i, c in enumerate(canonical) if i != c)
    assert all(canonical[a] != canonical[b] for a, b in cannot_link)


@given(weighted, verdicts, verdicts)
def test_people_outrank_the_model(pairs, cannot_link, must_link):
    flat = [(a, b, weight) for (a, b), weight in pairs]

    canonical = group(flat, n=N, cannot_link=cannot_link, must_link=must_link)
    agreed = group(flat, n=N, must_link=must_link)

    assert all(canonical[a] != canonical[b] for a, b in cannot_link)
    assert all(agreed[a] == agreed[b] for a, b in must_link)


@given(weighted, verdicts, verdicts, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(pairs, cannot_link, must_link, random):
    flat = [(a, b, weight) for (a, b), weight in pairs]
    mixed = [(b, a, weight) if random.random() < 0.5 else (a, b, weight) for a, b, weight in flat]
    random.shuffle(mixed)

    once = group(flat, n=N, cannot_link=cannot_link, must_link=must_link)
    again = group(mixed, n=N, cannot_link=cannot_link[::-1], must_link=must_link[::-1])

    assert once == again


def test_the_nearest_space_questions_are_duplicates(space_questions, space_vectors):
    pairs = nearest_pairs(space_vectors)
    best = np.argsort(-pairs.cosine)[:3]
    found = [(space_questions[pairs.left[row]], space_questions[pairs.right[row]]) for row in best]

    for pair, word in zip(found, ["corona", "baryonic", "moon"], strict=True):
        assert all(word in question.lower() for question in pair)
