"""The map of questions: vectors laid out in the plane so that near neighbours stay near."""

import logging
from collections.abc import Callable
from itertools import count

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

Report = Callable[[int, int], None]

REDUCED_WIDTH = 50
PERPLEXITY = 30.0
# Fewer rows have no neighbourhoods to keep: their two main directions say all.
LEAST_FOR_TSNE = 8
# Fewer known places do not fix how a map is to be turned.
LEAST_TO_ALIGN = 3
# A first map is drawn from nearly one spot and pulled into clusters before they are free to settle. One that starts
# from the last map keeps its clusters: the places are spread out from the beginning and only settle.
EXAGGERATED, FREE = 250, 500
FIRST_SPREAD, KNOWN_SPREAD = 1e-4, 5.0
REPORT_EVERY = 50
BLOCK = 1024
DECIMALS = 6
NEAREST = 5
# Two texts nearer than this are the same place.
SAME = 1e-6


def project(
    vectors: NDArray[np.float32],
    *,
    seed: int,
    start: NDArray[np.float64] | None = None,
    start_known: NDArray[np.bool_] | None = None,
    report: Report | None = None,
) -> NDArray[np.float64]:
    """Where each row stands in the unit square; the same input and seed give the same bytes.

    vectors: float32, shape (n, width), rows of length 1 (L2), in an order of their own (by digest of the text).
    start: float64, shape (n, 2), places in the last map; `start_known`: bool, shape (n,), rows that have one.
        The others start at the weighted mean of their five nearest. The result is turned, mirrored, scaled and
        moved onto the last map, so that people find their way again.
    report: is told now and then how many of how many rounds are done.
    Returns: float64, shape (n, 2). Rows that are all the same stand in the middle.
    Raises: ValueError for wrong shapes.
    Source: van der Maaten, Hinton, "Visualizing Data using t-SNE", JMLR 9 (2008); PCA as the start of a first map
        as in Kobak, Berens, "The art of using t-SNE for single-cell transcriptomics", Nature Communications 10 (2019).
    """
    if vectors.ndim != 2:
        raise ValueError("vectors must have shape (n, width)")
    known = _known(vectors, start, start_known)
    if not len(vectors) or np.ptp(vectors, axis=0).max(initial=0) < SAME:
        return np.full((len(vectors), 2), 0.5)
    with threadpool_limits(limits=1):
        reduced = _main_directions(vectors)
        if len(vectors) < LEAST_FOR_TSNE:
            points = reduced[:, :2]
        else:
            places = _start(vectors, start, known) if known.any() else reduced[:, :2]
            points = _embed(reduced, places, is_first=not known.any(), seed=seed, report=report)
        if known.any():
            return np.round(_shrunk(align(points, start, known)), DECIMALS)
    return np.round(_spread(points), DECIMALS)


def place(
    vectors: NDArray[np.float32],
    known_vectors: NDArray[np.float32],
    known_positions: NDArray[np.float64],
    *,
    n_neighbours: int = NEAREST,
) -> NDArray[np.float64]:
    """Where new rows stand on a map: the mean of their nearest, each weighted by 1 / distance².

    vectors: float32, shape (m, width); known_vectors: float32, shape (n, width); all rows of length 1 (L2).
    known_positions: float64, shape (n, 2).
    Returns: float64, shape (m, 2), within the hull of the known; the middle of the square if none is known.
    """
    if not len(known_vectors):
        return np.full((len(vectors), 2), 0.5)
    blocks = [vectors[first : first + BLOCK] for first in range(0, len(vectors), BLOCK)]
    placed = [_between_nearest(block, known_vectors, known_positions, n_neighbours) for block in blocks]
    return np.concatenate([np.empty((0, 2)), *placed])


def align(points: NDArray[np.float64], target: NDArray[np.float64], known: NDArray[np.bool_]) -> NDArray[np.float64]:
    """All points turned, mirrored, scaled and moved so that the known ones fit their targets best (Procrustes).

    points, target: float64, shape (n, 2). known: bool, shape (n,), rows of the target that count; at least one.
    Returns: float64, shape (n, 2).
    """
    here, there = points[known], target[known]
    middle, aim = here.mean(axis=0), there.mean(axis=0)
    size = np.sum((here - middle) ** 2)
    if size == 0:
        return points - middle + aim
    left, strength, right = np.linalg.svd((here - middle).T @ (there - aim))
    return (points - middle) @ (left @ right) * (strength.sum() / size) + aim


def _known(
    vectors: NDArray[np.float32], start: NDArray[np.float64] | None, start_known: NDArray[np.bool_] | None
) -> NDArray[np.bool_]:
    """Which rows have a place to start from; none if they are too few to say how the map lies."""
    if start is None:
        return np.zeros(len(vectors), dtype=bool)
    known = np.ones(len(vectors), dtype=bool) if start_known is None else start_known
    if start.shape != (len(vectors), 2) or known.shape != (len(vectors),):
        raise ValueError("start must have shape (n, 2) and start_known shape (n,)")
    is_spread = known.sum() >= LEAST_TO_ALIGN and np.ptp(start[known], axis=0).max() > SAME
    return known if is_spread else np.zeros_like(known)


def _main_directions(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    from sklearn.decomposition import PCA

    width = min(REDUCED_WIDTH, *vectors.shape)
    reduced = PCA(width, svd_solver="full").fit_transform(vectors.astype(np.float64))
    return np.pad(reduced, ((0, 0), (0, max(0, 2 - width))))


def _start(vectors: NDArray[np.float32], start: NDArray[np.float64], known: NDArray[np.bool_]) -> NDArray[np.float64]:
    places = np.array(start, dtype=np.float64)
    places[~known] = place(vectors[~known], vectors[known], places[known])
    return places


def _embed(
    reduced: NDArray[np.float64], places: NDArray[np.float64], *, is_first: bool, seed: int, report: Report | None
) -> NDArray[np.float64]:
    from openTSNE import TSNE
    from openTSNE.initialization import rescale

    # It warns of places that are spread out from the beginning, which is what a known map is for.
    logging.getLogger("openTSNE.tsne").setLevel(logging.ERROR)
    n_pulled = EXAGGERATED if is_first else 0
    rounds = count(REPORT_EVERY, REPORT_EVERY)
    tsne = TSNE(
        perplexity=min(PERPLEXITY, (len(reduced) - 1) / 3),
        early_exaggeration_iter=n_pulled,
        n_iter=FREE,
        neighbors="exact",
        n_jobs=1,
        random_state=seed,
        callbacks=(lambda *_: report(next(rounds), n_pulled + FREE)) if report else None,
        callbacks_every_iters=REPORT_EVERY,
    )
    spread = FIRST_SPREAD if is_first else KNOWN_SPREAD
    return np.asarray(tsne.fit(reduced, initialization=rescale(places - places.mean(axis=0), target_std=spread)))


def _between_nearest(
    vectors: NDArray[np.float32], known: NDArray[np.float32], positions: NDArray[np.float64], n_neighbours: int
) -> NDArray[np.float64]:
    cosine = (vectors @ known.T).astype(np.float64)
    nearest = np.argsort(-cosine, axis=1, kind="stable")[:, :n_neighbours]
    distance = np.maximum(2 - 2 * np.take_along_axis(cosine, nearest, axis=1), SAME)
    weight = 1 / distance
    return np.sum(positions[nearest] * (weight / weight.sum(axis=1, keepdims=True))[:, :, None], axis=1)


def _spread(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The points as large as the unit square holds them, in its middle."""
    lowest, highest = points.min(axis=0), points.max(axis=0)
    return (points - (lowest + highest) / 2) / (highest - lowest).max() + 0.5


def _shrunk(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The points as they are, or, where some leave the unit square, drawn together until all are inside."""
    reach = np.abs(points - 0.5).max()
    return points if reach <= 0.5 else (points - 0.5) * (0.5 / reach) + 0.5
