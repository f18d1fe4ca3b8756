import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ml.language.projection import align, place, project

IN_ANOTHER_PROCESS = """
import sys, hashlib, numpy as np
from ml.language.projection import project
print(hashlib.sha256(project(np.load(sys.argv[1]), seed=7).tobytes()).hexdigest())
"""


def unit(vectors):
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def blobs(n, *, n_blobs=12, seed=0, width=48, noise=0.35):
    """Unit vectors around random centres."""
    rng = np.random.default_rng(seed)
    centres = unit(rng.normal(size=(n_blobs, width)))
    return unit(centres[rng.integers(n_blobs, size=n)] + noise * rng.normal(size=(n, width)) / np.sqrt(width) * 2)


def share_kept(positions, vectors, k=10):
    """The share of the true nearest of each row that are among its nearest on the map."""
    cosine = vectors @ vectors.T
    distance = np.sum((positions[:, None] - positions[None]) ** 2, axis=2)
    np.fill_diagonal(cosine, -np.inf)
    np.fill_diagonal(distance, np.inf)
    true, drawn = np.argsort(-cosine, axis=1)[:, :k], np.argsort(distance, axis=1)[:, :k]
    return np.mean([len(set(a) & set(b)) / k for a, b in zip(true.tolist(), drawn.tolist(), strict=True)])


def main_plane(vectors):
    middle = vectors - vectors.mean(axis=0)
    return middle @ np.linalg.svd(middle, full_matrices=False)[2][:2].T


def turned(points, degrees):
    angle = np.radians(degrees)
    return points @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


def test_same_rows_and_seed_give_the_same_bytes_in_any_process(tmp_path, repository):
    import hashlib

    vectors = blobs(150)
    np.save(tmp_path / "vectors.npy", vectors)

    here = hashlib.sha256(project(vectors, seed=7).tobytes()).hexdigest()

    command = [sys.executable, "-c", IN_ANOTHER_PROCESS, str(tmp_path / "vectors.npy")]
    there = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True).stdout.strip()
    assert here == there == hashlib.sha256(project(vectors, seed=7).tobytes()).hexdigest()


def test_a_map_fills_the_unit_square():
    positions = project(blobs(200), seed=1)

    assert positions.shape == (200, 2) and positions.dtype == np.float64
    assert positions.min() >= 0 and positions.max() <= 1
    assert np.ptp(positions, axis=0).max() == pytest.approx(1, abs=1e-5)


def test_neighbours_are_kept_far_better_than_by_the_two_main_directions():
    vectors = blobs(400)

    assert share_kept(project(vectors, seed=1), vectors) > 2 * share_kept(main_plane(vectors), vectors)


def test_real_questions_keep_more_neighbours_than_the_two_main_directions(space_vectors):
    kept = share_kept(project(space_vectors, seed=1), space_vectors)

    assert kept > 0.45 and kept > 2 * share_kept(main_plane(space_vectors), space_vectors)


def test_people_find_their_way_after_a_tenth_was_added(space_vectors):
    """Half of the earlier questions move by less than 4 % of the map's width; drawn without the last map it is 12 %."""
    old = np.random.default_rng(0).random(len(space_vectors)) < 1 / 1.1
    before = project(space_vectors[old], seed=1)
    start = np.full((len(space_vectors), 2), np.nan)
    start[old] = before

    after = project(space_vectors, seed=2, start=start, start_known=old)
    anew = align(project(space_vectors, seed=2), start, old)

    moved, moved_anew = (np.median(np.hypot(*(each[old] - before).T)) for each in (after, anew))
    assert moved < 0.04 < 0.1 < moved_anew
    assert share_kept(after, space_vectors) > 0.45
    assert after.min() >= 0 and after.max() <= 1


def test_known_places_of_fewer_than_three_rows_are_no_map():
    vectors = blobs(60)
    start, known = np.zeros((60, 2)), np.arange(60) < 2

    np.testing.assert_array_equal(project(vectors, seed=1, start=start, start_known=known), project(vectors, seed=1))


@pytest.mark.parametrize("n", range(8))
def test_tiny_maps_stay_in_the_square(n):
    positions = project(blobs(n), seed=1)

    assert positions.shape == (n, 2)
    assert np.all((positions >= 0) & (positions <= 1))
    assert len(np.unique(positions, axis=0)) == n


def test_one_question_stands_in_the_middle():
    assert project(blobs(1), seed=1).tolist() == [[0.5, 0.5]]


def test_two_questions_stand_at_both_ends():
    assert sorted(project(blobs(2), seed=1).tolist()) == [[0.0, 0.5], [1.0, 0.5]]


@pytest.mark.parametrize("n", [2, 5, 40])
def test_identical_questions_stand_together_in_the_middle(n):
    assert project(np.repeat(blobs(1), n, axis=0), seed=1).tolist() == [[0.5, 0.5]] * n


def test_identical_questions_among_others_stand_close_together():
    vectors = np.concatenate([blobs(80), np.repeat(blobs(1, seed=5), 4, axis=0)])

    positions = project(vectors, seed=1)

    assert np.isfinite(positions).all()
    assert np.ptp(positions[-4:], axis=0).max() < 0.1


def test_rounds_are_reported():
    told = []

    project(blobs(60), seed=1, report=lambda done, total: told.append((done, total)))

    assert told == [(done, 750) for done in range(50, 751, 50)]


def test_wrong_shapes_are_refused():
    with pytest.raises(ValueError):
        project(np.zeros(3, dtype=np.float32), seed=1)
    with pytest.raises(ValueError):
        project(blobs(5), seed=1, start=np.zeros((4, 2)))


@given(points=arrays(np.float64, (9, 2), elements=st.floats(-5, 5)), degrees=st.floats(0, 360), mirrored=st.booleans())
@settings(max_examples=50)
def test_a_map_turned_mirrored_scaled_and_moved_is_brought_back(points, degrees, mirrored):
    elsewhere = turned(points * ([-1, 1] if mirrored else [1, 1]), degrees) * 3 + [4, -2]

    np.testing.assert_allclose(align(elsewhere, points, np.ones(9, dtype=bool)), points, atol=1e-6)


def test_a_new_row_equal_to_a_known_one_stands_on_it():
    vectors = blobs(50)
    positions = project(vectors, seed=1)

    np.testing.assert_allclose(place(vectors[3:4], vectors, positions), positions[3:4], atol=1e-4)


def test_a_new_row_stands_between_its_nearest_and_nearer_to_the_nearest():
    known = unit(np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [-1, 0, 0]]))
    positions = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])

    x, y = place(unit(np.array([[3, 1, 0]])), known, positions, n_neighbours=2)[0]

    assert 0 < x < 0.5 and y == 0


def test_a_new_row_on_an_empty_map_stands_in_the_middle():
    assert place(blobs(2), blobs(0), np.zeros((0, 2))).tolist() == [[0.5, 0.5], [0.5, 0.5]]


@given(seed=st.integers(0, 1000))
@settings(max_examples=25)
def test_new_rows_stay_within_the_bounds_of_the_map(seed):
    vectors, positions = blobs(30, seed=seed), np.random.default_rng(seed).random((30, 2))

    placed = place(blobs(5, seed=seed + 1), vectors, positions)

    assert np.all((positions.min(axis=0) - 1e-9 <= placed) & (placed <= positions.max(axis=0) + 1e-9))
