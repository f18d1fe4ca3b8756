import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.language.clustering import cluster, match_topics, medoid, neighbour_graph, weak_members


def blobs(sizes, *, seed=0, width=32, noise=0.08):
    """Unit vectors around random centres, and the blob of each."""
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(len(sizes)), sizes)
    vectors = rng.normal(size=(len(sizes), width))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors = vectors[truth] + noise * rng.normal(size=(len(truth), width))
    return unit(vectors), truth


def unit(vectors):
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def on_circle(degrees):
    angles = np.radians(degrees)
    return np.column_stack([np.cos(angles), np.sin(angles)]).astype(np.float32)


def same_partition(left, right):
    return len(set(zip(left.tolist(), right.tolist(), strict=True))) == len(set(left)) == len(set(right))


def test_separate_blobs_are_found_and_numbered_by_size():
    vectors, truth = blobs([20, 40, 30])

    labels = cluster(vectors, seed=1)

    np.testing.assert_array_equal(labels, np.array([2, 0, 1])[truth])


def test_equal_sizes_are_numbered_by_their_lowest_row():
    vectors, truth = blobs([20, 20, 20])
    order = np.random.default_rng(3).permutation(60)

    labels = cluster(vectors[order], seed=1)

    firsts = [np.flatnonzero(labels == each)[0] for each in range(3)]
    assert same_partition(labels, truth[order])
    assert firsts == sorted(firsts)


@pytest.mark.parametrize("n", [0, 1, 2, 5, 16])
def test_few_rows_are_legal(n):
    vectors, _ = blobs([n])
    labels = cluster(vectors, seed=1)

    assert labels.tolist() == [0] * n
    assert cluster(vectors, seed=1, previous=np.full(n, -1)).tolist() == [0] * n
    assert len(medoid(vectors, labels)) == min(n, 1)
    assert weak_members(vectors, labels).shape == (n,)
    assert match_topics(labels, labels).tolist() == [0] * min(n, 1)


def test_identical_rows_are_one_cluster_without_weak_members():
    vectors = np.repeat(blobs([1])[0], 50, axis=0)

    labels = cluster(vectors, seed=1)

    assert labels.tolist() == [0] * 50
    assert medoid(vectors, labels).tolist() == [0]
    assert not weak_members(vectors, labels).any()


def test_a_row_like_no_other_is_its_own_cluster():
    vectors, _ = blobs([10])
    lonely = unit(-vectors.sum(axis=0, keepdims=True))

    for previous in (None, np.array([-1] * 5 + [3] * 6), np.array([3] * 6 + [-1] * 5)):
        labels = cluster(np.concatenate([lonely, vectors]), seed=1, previous=previous)
        assert labels.tolist() == [1] + [0] * 10


def test_a_seed_gives_the_same_labels_again(space_vectors):
    np.testing.assert_array_equal(cluster(space_vectors, seed=4), cluster(space_vectors, seed=4))


def test_resolution_gives_fewer_or_more_topics(space_vectors):
    n_topics = [cluster(space_vectors, seed=1, resolution=each).max() + 1 for each in (0.5, 1.0, 2.0)]

    assert 2 <= n_topics[0] < n_topics[1] < n_topics[2] <= 20


@pytest.mark.parametrize("wrong", [{"n_neighbours": 0}, {"resolution": 0.0}, {"previous": np.zeros(3)}])
def test_wrong_parameters_are_refused(wrong):
    with pytest.raises(ValueError, match="n_neighbours|resolution|previous"):
        cluster(blobs([5])[0], seed=1, **wrong)


def test_graph_holds_the_exact_neighbours_across_blocks(monkeypatch):
    monkeypatch.setattr("ml.language.clustering.BLOCK", 7)
    vectors, _ = blobs([30], noise=0.3)
    cosine = (vectors @ vectors.T).astype(float)
    np.fill_diagonal(cosine, -np.inf)
    chosen = np.zeros_like(cosine)
    for row in range(30):
        nearest = np.argsort(-cosine[row])[:4]
        chosen[row, nearest] = np.maximum(cosine[row, nearest], 0)

    graph = neighbour_graph(vectors, n_neighbours=4).toarray()

    np.testing.assert_allclose(graph, (chosen + chosen.T) / 2, atol=1e-6)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_topics_stay_when_a_tenth_is_new(space_vectors, seed):
    n = len(space_vectors)
    old = np.random.default_rng(seed).permutation(n)[: int(n / 1.1)]
    previous = np.full(n, -1)
    previous[old] = cluster(space_vectors[old], seed=seed)

    labels = cluster(space_vectors, seed=seed, previous=previous)

    kept = match_topics(previous, labels)[labels][old] == previous[old]
    assert kept.mean() >= 0.97


def test_a_new_subject_becomes_a_new_topic_beside_the_old_ones():
    vectors, truth = blobs([30, 30, 30])
    previous = np.where(truth < 2, truth + 7, -1)

    labels = cluster(vectors, seed=1, previous=previous)

    assert same_partition(labels, truth)
    assert match_topics(previous, labels)[labels].tolist() == previous.tolist()


def test_matching_keeps_most_questions_in_their_topic():
    previous = np.array([5, 5, 5, 5, 9, 9, 9, -1, -1, -1])
    labels = np.array([1, 1, 1, 0, 0, 0, 0, 2, 2, 2])

    assert match_topics(previous, labels).tolist() == [9, 5, -1]


def test_matching_gives_a_split_topic_to_its_larger_half_only():
    previous = np.array([4, 4, 4, 4, 4])
    labels = np.array([0, 0, 0, 1, 1])

    assert match_topics(previous, labels).tolist() == [4, -1]


def test_a_handful_of_strays_does_not_carry_a_topic_over():
    previous = np.repeat([0, 0, 1, -1], [18, 2, 20, 18])
    labels = np.repeat([0, 1, 0, 1], [18, 2, 20, 18])

    assert match_topics(previous, labels).tolist() == [1, -1]


@given(st.lists(st.tuples(st.integers(-1, 4), st.integers(0, 4)), min_size=1, max_size=40))
def test_matching_never_gives_one_topic_twice(rows):
    previous, labels = np.array(rows).T

    matched = match_topics(previous, labels)

    used = matched[matched >= 0].tolist()
    assert len(matched) == labels.max() + 1
    assert len(used) == len(set(used))
    for new, old in enumerate(matched.tolist()):
        assert old == -1 or np.any((labels == new) & (previous == old))


def test_medoid_is_the_row_nearest_to_all_others():
    vectors = on_circle([0, 20, 25, 60, 180, 190, 196])

    assert medoid(vectors, np.array([0, 0, 0, 0, 1, 1, 1])).tolist() == [2, 5]


def test_the_stray_member_is_weak():
    vectors = on_circle([0, 2, 4, 60, 5, 6, 8, 180, 181, 182, 183, 184])
    labels = np.repeat([0, 1], [7, 5])

    assert np.flatnonzero(weak_members(vectors, labels)).tolist() == [3]
    assert not weak_members(vectors[1:4], labels[1:4]).any()


def test_banking_intents_are_told_apart(shared_rows, onnx_encoder):
    from sklearn.metrics import v_measure_score

    rows = [row for row in shared_rows("C_clustering/banking77.csv")][::12]

    labels = cluster(onnx_encoder.encode([row["text"] for row in rows]), n_neighbours=10, seed=1)

    assert len(rows) > 500
    assert v_measure_score([row["label"] for row in rows], labels) > 0.75
