"""Topics: communities of the nearest-neighbour graph, kept recognisable from one run to the next."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.language.communities import FREE, UNKNOWN, communities, keep_apart, without_denied

HALVING_ROUNDS = 20
# Rows compared with all others at a time: 20,000 questions need about 200 MB.
BLOCK = 512
ROUNDING = 1e-5

Vectors = NDArray[np.float32] | sparse.csr_array


def cluster(
    vectors: Vectors,
    *,
    n_neighbours: int = 15,
    resolution: float = 1.0,
    seed: int,
    previous: NDArray[np.int64] | None = None,
    starts_there: bool = True,
    fixed: NDArray[np.int64] | None = None,
    moved: NDArray[np.bool_] | None = None,
    least_to_split: int = 0,
) -> NDArray[np.int64]:
    """Label every row with its community (Leiden, modularity) in the cosine nearest-neighbour graph.

    vectors: float32, shape (n, width), rows of length 1 (L2), dense or sparse, in an order of their own (by
        digest of the text): ties and the walk of the algorithm depend on it.
    resolution: above 1 for more and smaller topics, below 1 for fewer.
    previous: int, shape (n,), label of each row in the last run, -1 for a new row. The walk starts there, a
        new row where most of its neighbours are, and earlier topics hold together.
    starts_there: False when a person asks for fewer or more topics: the walk begins anew, and `match_topics`
        carries the identities over.
    fixed: int, shape (n,), group of each row, -1 for a free one. Rows of one group get one label, rows of
        different groups never share one.
    moved: bool, shape (n,), rows that do not draw after them what is like them in other groups of `previous`.
    least_to_split: fewer rows than this are one cluster, but for fixed groups.
    Returns: int, shape (n,); 0 is the largest cluster, equal sizes by their lowest row. A row like no other is alone.
    Raises: ValueError for wrong shapes, n_neighbours < 1 or resolution <= 0.
    """
    if vectors.ndim != 2 or n_neighbours < 1 or resolution <= 0:
        raise ValueError("vectors must have shape (n, width), n_neighbours >= 1 and resolution > 0")
    _check_lengths(vectors.shape[0], previous=previous, fixed=fixed, moved=moved)
    previous, fixed = _none_if_all(previous, UNKNOWN), _none_if_all(fixed, FREE)
    graph = neighbour_graph(vectors, n_neighbours=n_neighbours)
    if moved is not None and previous is not None:
        graph = without_denied(graph, moved, previous)
    if vectors.shape[0] < least_to_split:
        together = np.zeros(vectors.shape[0], dtype=np.int64)
        return _number_by_size(together if fixed is None else keep_apart(graph, together, fixed))
    start = previous if starts_there else None
    return _number_by_size(communities(graph, resolution=resolution, seed=seed, previous=start, fixed=fixed))


def neighbour_graph(vectors: Vectors, *, n_neighbours: int) -> sparse.csr_array:
    """Exact k-nearest-neighbour graph, symmetric: weight = mean of both directions, cosine or 0.

    Returns: float64 sparse array of shape (n, n), empty diagonal, positive weights only.
    """
    n = vectors.shape[0]
    k = min(n_neighbours, n - 1)
    if k < 1:
        return sparse.csr_array((n, n), dtype=np.float64)
    blocks = [_nearest(vectors, start, k) for start in range(0, n, BLOCK)]
    columns, cosine = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    rows = np.repeat(np.arange(n), k)
    positive = cosine > 0
    directed = sparse.csr_array((cosine[positive], (rows[positive], columns[positive])), shape=(n, n))
    return ((directed + directed.T) / 2).tocsr()


def match_topics(
    previous: NDArray[np.int64],
    labels: NDArray[np.int64],
    *,
    kept: NDArray[np.bool_] | None = None,
    least_share: float = 0.3,
) -> NDArray[np.int64]:
    """Which earlier topic each new cluster continues, so that topics keep their identity.

    The assignment with the largest number of questions that stay (Hungarian method); a pair counts only if it
    shares at least `least_share` of the smaller of the two.

    previous: int, shape (n,), earlier topic of each row, -1 for none.
    labels: int, shape (n,), 0 .. n_clusters - 1.
    kept: bool, shape (n,), rows that stay in their earlier topic whatever the numbers say: all kept rows of a
        topic in one cluster, and of one topic in a cluster, as `cluster` gives them where they are fixed.
    Returns: int, shape (n_clusters,); the earlier topic, or -1 for a new one. No topic comes twice.
    """
    from scipy.optimize import linear_sum_assignment

    kept = np.zeros(len(labels), dtype=bool) if kept is None else kept
    known = previous != UNKNOWN
    topics, position = np.unique(previous[known], return_inverse=True)
    overlap = np.zeros((labels.max(initial=-1) + 1, len(topics)), dtype=np.int64)
    np.add.at(overlap, (labels[known], position), 1)
    smaller = np.minimum(np.bincount(labels)[:, None], np.bincount(position)[None, :])
    overlap[overlap < least_share * smaller] = 0
    overlap[labels[kept], :] = 0
    overlap[:, np.searchsorted(topics, previous[kept])] = 0
    matched = np.full(len(overlap), UNKNOWN, dtype=np.int64)
    matched[labels[kept]] = previous[kept]
    for new, old in zip(*linear_sum_assignment(overlap, maximize=True), strict=True):
        if overlap[new, old]:
            matched[new] = topics[old]
    return matched


def medoid(vectors: Vectors, labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """The row with the highest mean cosine to its cluster: int, shape (n_clusters,).

    labels: int, shape (n,), every number 0 .. n_clusters - 1 in use. Ties go to the lowest row.
    """
    closeness = _closeness(vectors, labels)
    n_clusters = labels.max(initial=-1) + 1
    best = np.empty(n_clusters, dtype=np.int64)
    for each in range(n_clusters):
        rows = np.flatnonzero(labels == each)
        best[each] = rows[np.argmax(closeness[rows])]
    return best


def weak_members(vectors: Vectors, labels: NDArray[np.int64], *, spread: float = 1.5) -> NDArray[np.bool_]:
    """Rows far from the medoid of their cluster, to be looked at by a person: bool, shape (n,).

    A row is weak if its cosine to the medoid lies more than `spread` interquartile ranges below the median of
    its cluster. Clusters of fewer than 4 have no weak members.
    """
    middle = medoid(vectors, labels)
    cosine = _dot_rows(vectors, vectors[middle[labels]])
    weak = np.zeros(len(labels), dtype=bool)
    for each in range(len(middle)):
        rows = np.flatnonzero(labels == each)
        if len(rows) >= 4:
            low, middle, high = np.quantile(cosine[rows], [0.25, 0.5, 0.75])
            weak[rows] = cosine[rows] < middle - spread * (high - low) - ROUNDING
    return weak


def halves(vectors: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which rows would leave if the set were parted in two: bool, shape (n,); never the larger half.

    Two means, begun with the row nearest to all and the one farthest from it; the same rows give the same halves.
    """
    if len(vectors) < 2:
        return np.zeros(len(vectors), dtype=bool)
    first = vectors[medoid(vectors, np.zeros(len(vectors), dtype=np.int64))[0]]
    centres = np.stack([first, vectors[np.argmin(np.round(vectors @ first, 6))]])
    leaving = np.zeros(len(vectors), dtype=bool)
    for _ in range(HALVING_ROUNDS):
        cosine = np.round(vectors @ centres.T, 6)
        leaving = cosine[:, 1] > cosine[:, 0]
        if leaving.all() or not leaving.any():
            break
        centres = np.stack([vectors[~leaving].mean(axis=0), vectors[leaving].mean(axis=0)])
        centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    return leaving if 2 * leaving.sum() <= len(leaving) else ~leaving


def _check_lengths(n: int, **rows: NDArray | None) -> None:
    for name, labels in rows.items():
        if labels is not None and len(labels) != n:
            raise ValueError(f"{name} must have one label per row")


def _none_if_all(rows: NDArray[np.int64] | None, nothing: int) -> NDArray[np.int64] | None:
    return None if rows is None or np.all(rows == nothing) else rows


def _nearest(vectors: Vectors, start: int, k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The k nearest other rows of each row of one block, flat, and their cosines."""
    similar = vectors[start : start + BLOCK] @ vectors.T
    if sparse.issparse(similar):
        similar = similar.toarray()
    rows = np.arange(len(similar))
    similar[rows, rows + start] = -np.inf
    columns = np.argpartition(-similar, k - 1, axis=1)[:, :k]
    return columns.ravel(), similar[rows[:, None], columns].ravel()


def _number_by_size(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Renumber: the largest cluster is 0; equal sizes in the order of their lowest rows."""
    _, first, position, size = np.unique(labels, return_index=True, return_inverse=True, return_counts=True)
    rank = np.empty(len(size), dtype=np.int64)
    rank[np.lexsort((first, -size))] = np.arange(len(size))
    return rank[position]


def _closeness(vectors: Vectors, labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Cosine of each row with the sum of its cluster, rounded so that equal rows tie."""
    n_clusters = labels.max(initial=-1) + 1
    member = sparse.csr_array((np.ones(len(labels)), (labels, np.arange(len(labels)))), shape=(n_clusters, len(labels)))
    return np.round(_dot_rows(vectors, (member @ vectors)[labels]) / np.bincount(labels)[labels], 6)


def _dot_rows(left: Vectors, right: Vectors) -> NDArray[np.float64]:
    """The product of each row with the row beside it."""
    return np.asarray((left * right).sum(axis=1), dtype=np.float64)
