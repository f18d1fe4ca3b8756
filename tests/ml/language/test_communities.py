"""Rows that people tied together or told apart, in any graph."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.language.clustering import cluster, halves, match_topics
from ml.language.communities import FREE


@st.composite
def arranged(draw):
    """Vectors, some of them the same, and groups of people's making."""
    n = draw(st.integers(2, 60))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    vectors = rng.normal(size=(n, draw(st.sampled_from([2, 3, 8]))))[rng.integers(0, n, n)]
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    fixed = rng.integers(-1 - draw(st.integers(0, 6)), 1 + draw(st.integers(0, 6)), n)
    previous = np.where(rng.random(n) < 0.5, rng.integers(0, 4, n), -1) if draw(st.booleans()) else None
    return (
        vectors,
        np.maximum(fixed, FREE),
        previous,
        draw(st.sampled_from([0.3, 1.0, 4.0])),
        draw(st.sampled_from([0, 99])),
    )


@settings(max_examples=150)
@given(arranged())
def test_fixed_rows_stay_together_and_apart(world):
    vectors, fixed, previous, resolution, least = world

    def labelled(groups):
        options = dict(n_neighbours=5, resolution=resolution, seed=1, previous=previous, least_to_split=least)
        return cluster(vectors, fixed=groups, **options)

    labels = labelled(fixed)

    owner = {}
    for group, label in zip(fixed.tolist(), labels.tolist(), strict=True):
        if group != FREE:
            assert owner.setdefault(group, label) == label
    assert len(set(owner.values())) == len(owner)
    assert sorted(set(labels.tolist())) == list(range(labels.max() + 1))
    # The same again, and whatever numbers the groups go by.
    np.testing.assert_array_equal(labels, labelled(fixed))
    renumbered = np.where(fixed == FREE, FREE, 50 - fixed)
    np.testing.assert_array_equal(labels, labelled(renumbered))


@settings(max_examples=100)
@given(arranged())
def test_kept_rows_carry_their_topic_on(world):
    vectors, fixed, *_ = world
    labels = cluster(vectors, fixed=fixed, n_neighbours=5, seed=1)
    kept = fixed != FREE
    previous = np.where(kept, fixed, 7 + np.arange(len(fixed)) % 3)

    matched = match_topics(previous, labels, kept=kept)

    assert matched[labels[kept]].tolist() == fixed[kept].tolist()
    used = matched[matched >= 0].tolist()
    assert len(used) == len(set(used))


def test_two_halves_of_one_cloud_that_a_person_parted_stay_parted():
    rng = np.random.default_rng(2)
    cloud = np.eye(8)[0] + 0.1 * rng.normal(size=(40, 8))
    vectors = (cloud / np.linalg.norm(cloud, axis=1, keepdims=True)).astype(np.float32)
    fixed = np.full(40, FREE)
    fixed[:3], fixed[3:6] = 0, 1

    labels = cluster(vectors, fixed=fixed, seed=1, resolution=0.2)

    assert labels.max() == 1 and labels[0] != labels[3]


def test_halves_are_the_two_clouds_and_the_smaller_one_leaves():
    rng = np.random.default_rng(4)
    cloud = np.eye(8)[np.repeat([0, 1], [12, 7])] + 0.05 * rng.normal(size=(19, 8))
    vectors = (cloud / np.linalg.norm(cloud, axis=1, keepdims=True)).astype(np.float32)

    assert halves(vectors).tolist() == [False] * 12 + [True] * 7
    assert halves(vectors[:1]).tolist() == [False]
    assert not halves(np.repeat(vectors[:1], 5, axis=0)).any()
