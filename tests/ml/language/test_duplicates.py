import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from ml.language.duplicates import keep_nearest, nearest_pairs, nearest_sparse_pairs, neighbours_of_rows


def unit_rows(n, *, width=8, seed=0):
    vectors = np.random.default_rng(seed).normal(size=(n, width)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


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


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_parts_of_the_rows_have_the_nearest_of_each_between_them(dtype):
    vectors = unit_rows(100).astype(dtype)
    expected = keep_nearest(nearest_pairs(vectors, threshold=0.1), most=3)

    how = dict(threshold=0.1, most=3, block=16)
    parts = [neighbours_of_rows(vectors, first=at, last=at + 30, **how) for at in range(0, 100, 30)]

    found = {pair for part in parts for pair in zip(part.left.tolist(), part.right.tolist(), strict=True)}
    assert found == set(zip(expected.left.tolist(), expected.right.tolist(), strict=True))
    assert all(len(set(zip(part.left, part.right, strict=True))) == len(part.left) for part in parts)


def test_only_the_nearest_of_a_row_are_kept_and_equal_ones_by_their_place():
    vectors = np.eye(1, 4, dtype=np.float32).repeat(5, axis=0)

    kept = keep_nearest(nearest_pairs(vectors), most=1)

    assert list(zip(kept.left.tolist(), kept.right.tolist(), strict=True)) == [(0, 1), (0, 2), (0, 3), (0, 4)]


@given(st.permutations(range(12)))
def test_the_order_of_rows_changes_no_pair(order):
    vectors = unit_rows(12)
    whole, mixed = nearest_pairs(vectors, threshold=0.2), nearest_pairs(vectors[order], threshold=0.2, block=5)

    found = {frozenset((order[one], order[other])) for one, other in zip(mixed.left, mixed.right, strict=True)}
    assert found == set(map(frozenset, zip(whole.left.tolist(), whole.right.tolist(), strict=True)))


@pytest.mark.parametrize("block", [1, 7, 256])
def test_sparse_pairs_are_those_of_the_full_matrix(block):
    rows = unit_rows(60)
    rows[:, ::2] = 0
    expected = nearest_pairs(rows, threshold=0.2)

    pairs = nearest_sparse_pairs(sparse.csr_array(rows), threshold=0.2, block=block)

    np.testing.assert_array_equal(pairs.left, expected.left)
    np.testing.assert_array_equal(pairs.right, expected.right)
    np.testing.assert_allclose(pairs.cosine, expected.cosine, atol=1e-6)


def test_pairs_refuse_a_flat_array():
    with pytest.raises(ValueError, match="shape"):
        nearest_pairs(np.ones(3, dtype=np.float32))


def test_the_nearest_space_questions_are_duplicates(space_questions, space_vectors):
    pairs = nearest_pairs(space_vectors)
    best = np.argsort(-pairs.cosine)[:3]
    found = [(space_questions[pairs.left[row]], space_questions[pairs.right[row]]) for row in best]

    for pair, word in zip(found, ["corona", "baryonic", "moon"], strict=True):
        assert all(word in question.lower() for question in pair)
