"""Topics: communities of the nearest-neighbour graph, kept recognisable from one run to the next."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

BLOCK = 1024
ITERATIONS = 10
UNKNOWN = -1
ROUNDING = 1e-5
ANCHOR_WEIGHT = 0.5


def cluster(
    vectors: NDArray[np.float32],
    *,
    n_neighbours: int = 15,
    resolution: float = 1.0,
    seed: int,
    previous: NDArray[np.int64] | None = None,
) -> NDArray[np.int64]:
    """Label every row with its community (Leiden, modularity) in the cosine nearest-neighbour graph.

    vectors: float32, shape (n, width), rows of length 1 (L2). Their order matters to ties and to the walk of
        the algorithm: give rows in an order of their own (by digest of the text).
    resolution: above 1 for more and smaller topics, below 1 for fewer.
    previous: int, shape (n,), label of each row in the last run, -1 for a new row. The walk starts there, a
        new row where most of its neighbours are, and earlier topics hold together. Leave it out when a person
        asks for fewer or more topics, and let `match_topics` carry the identities over.
    Returns: int, shape (n,); 0 is the largest cluster, equal sizes by their lowest row. A row that is like no
        other (no positive cosine) is a cluster of its own.
    Raises: ValueError for wrong shapes, n_neighbours < 1 or resolution <= 0.
    Source: Traag, Waltman, van Eck, "From Louvain to Leiden", Scientific Reports 9:5233 (2019),
        with modularity as in its introduction.
    """
    if vectors.ndim != 2 or n_neighbours < 1 or resolution <= 0:
        raise ValueError("vectors must have shape (n, width), n_neighbours >= 1 and resolution > 0")
    if previous is not None and len(previous) != len(vectors):
        raise ValueError("previous must have one label per row")
    if previous is not None and np.all(previous == UNKNOWN):
        previous = None
    graph = neighbour_graph(vectors, n_neighbours=n_neighbours)
    return _number_by_size(_leiden(graph, resolution=resolution, seed=seed, previous=previous))


def neighbour_graph(vectors: NDArray[np.float32], *, n_neighbours: int) -> sparse.csr_array:
    """Exact k-nearest-neighbour graph, symmetric: weight = mean of both directions, cosine or 0.

    Returns: float64 sparse array of shape (n, n), empty diagonal, positive weights only.
    """
    n = len(vectors)
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
    previous: NDArray[np.int64], labels: NDArray[np.int64], *, least_share: float = 0.3
) -> NDArray[np.int64]:
    """Which earlier topic each new cluster continues, so that topics keep their identity.

    The assignment with the largest number of questions that stay (Hungarian method); a pair counts only if it
    shares at least `least_share` of the smaller of the two.

    previous: int, shape (n,), earlier topic of each row, -1 for none.
    labels: int, shape (n,), 0 .. n_clusters - 1.
    Returns: int, shape (n_clusters,); the earlier topic, or -1 for a new one. No topic comes twice.
    """
    from scipy.optimize import linear_sum_assignment

    known = previous != UNKNOWN
    topics, position = np.unique(previous[known], return_inverse=True)
    overlap = np.zeros((labels.max(initial=-1) + 1, len(topics)), dtype=np.int64)
    np.add.at(overlap, (labels[known], position), 1)
    smaller = np.minimum(np.bincount(labels)[:, None], np.bincount(position)[None, :])
    overlap[overlap < least_share * smaller] = 0
    matched = np.full(len(overlap), UNKNOWN, dtype=np.int64)
    for new, old in zip(*linear_sum_assignment(overlap, maximize=True), strict=True):
        if overlap[new, old]:
            matched[new] = topics[old]
    return matched


def medoid(vectors: NDArray[np.float32], labels: NDArray[np.int64]) -> NDArray[np.int64]:
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


def weak_members(vectors: NDArray[np.float32], labels: NDArray[np.int64], *, spread: float = 1.5) -> NDArray[np.bool_]:
    """Rows far from the medoid of their cluster, to be looked at by a person: bool, shape (n,).

    A row is weak if its cosine to the medoid lies more than `spread` interquartile ranges below the median of
    its cluster. Clusters of fewer than 4 have no weak members.
    """
    centres = vectors[medoid(vectors, labels)]
    cosine = np.sum(vectors * centres[labels], axis=1)
    weak = np.zeros(len(labels), dtype=bool)
    for each in range(len(centres)):
        rows = np.flatnonzero(labels == each)
        if len(rows) >= 4:
            low, middle, high = np.quantile(cosine[rows], [0.25, 0.5, 0.75])
            weak[rows] = cosine[rows] < middle - spread * (high - low) - ROUNDING
    return weak


def _nearest(vectors: NDArray[np.float32], start: int, k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The k nearest other rows of each row of one block, flat, and their cosines."""
    similar = vectors[start : start + BLOCK] @ vectors.T
    rows = np.arange(len(similar))
    similar[rows, rows + start] = -np.inf
    columns = np.argpartition(-similar, k - 1, axis=1)[:, :k]
    return columns.ravel(), similar[rows[:, None], columns].ravel()


def _vote(graph: sparse.csr_array, topic: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where the walk starts: a new row in the topic that weighs most among its neighbours, else alone."""
    n_topics = topic.max(initial=-1) + 1
    known = np.flatnonzero(topic != UNKNOWN)
    member = sparse.csr_array((np.ones(len(known)), (known, topic[known])), shape=(len(topic), n_topics))
    votes = (graph @ member).toarray()
    start = n_topics + np.arange(len(topic))
    voted = votes.max(axis=1, initial=0) > 0
    start[voted] = votes[voted].argmax(axis=1)
    start[known] = topic[known]
    return start


def _warm_start(
    graph: sparse.csr_array, linked: NDArray[np.int64], previous: NDArray[np.int64]
) -> tuple[dict[str, int], list[tuple[str, str, float]]]:
    """Communities to start from and one anchor per earlier topic, tied to each of its members.

    Without anchors every tenth new row makes Leiden split some topic in two; with them 99 % of the rows stay
    (measured on Banking77 and on 323 space questions), and the agreement with the true labels is the same.
    """
    known = previous != UNKNOWN
    topic = np.full(len(previous), UNKNOWN, dtype=np.int64)
    topic[known] = np.unique(previous[known], return_inverse=True)[1]
    start = _vote(graph, topic)
    tied = linked[known[linked]]
    communities = {str(row): int(start[row]) for row in linked}
    communities |= {_anchor(each): int(each) for each in np.unique(topic[tied])}
    return communities, [(str(row), _anchor(topic[row]), ANCHOR_WEIGHT) for row in tied]


def _anchor(topic: int) -> str:
    return f"topic {topic}"


def _leiden(
    graph: sparse.csr_array, *, resolution: float, seed: int, previous: NDArray[np.int64] | None
) -> NDArray[np.int64]:
    import graspologic_native

    labels = graph.shape[0] + np.arange(graph.shape[0])
    upper = sparse.triu(graph, k=1).tocoo()
    if upper.nnz == 0:
        return labels
    edges = [
        (str(a), str(b), weight)
        for a, b, weight in zip(upper.row.tolist(), upper.col.tolist(), upper.data.tolist(), strict=True)
    ]
    # The library wants a start for exactly the nodes that have an edge; other rows keep a label of their own.
    linked = np.union1d(upper.row, upper.col)
    communities, ties = (None, []) if previous is None else _warm_start(graph, linked, previous)
    _, found = graspologic_native.leiden(
        edges + ties,
        starting_communities=communities,
        resolution=resolution,
        iterations=ITERATIONS,
        seed=seed,
    )
    labels[linked] = [found[str(row)] for row in linked]
    return labels


def _number_by_size(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Renumber: the largest cluster is 0; equal sizes in the order of their lowest rows."""
    _, first, position, size = np.unique(labels, return_index=True, return_inverse=True, return_counts=True)
    rank = np.empty(len(size), dtype=np.int64)
    rank[np.lexsort((first, -size))] = np.arange(len(size))
    return rank[position]


def _closeness(vectors: NDArray[np.float32], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Cosine of each row with the sum of its cluster, rounded so that equal rows tie."""
    sums = np.zeros((labels.max(initial=-1) + 1, vectors.shape[1]))
    np.add.at(sums, labels, vectors)
    return np.round(np.sum(vectors * sums[labels], axis=1) / np.bincount(labels)[labels], 6)
