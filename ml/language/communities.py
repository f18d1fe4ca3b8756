"""Communities of a weighted graph (Leiden), with rows that people put together or told apart."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

ITERATIONS = 10
UNKNOWN = -1
FREE = -1
ANCHOR_WEIGHT = 0.5

Edge = tuple[str, str, float]


def communities(
    graph: sparse.csr_array,
    *,
    resolution: float,
    seed: int,
    previous: NDArray[np.int64] | None = None,
    fixed: NDArray[np.int64] | None = None,
) -> NDArray[np.int64]:
    """A label for every row of the graph: int, shape (n,), in no order of their own.

    graph: symmetric, shape (n, n), empty diagonal, positive weights. previous, fixed: as for `cluster`.
    Source: Traag, Waltman, van Eck, "From Louvain to Leiden", Scientific Reports 9:5233 (2019),
        with modularity as in its introduction.
    """
    if fixed is None:
        return _leiden(graph, np.zeros(graph.shape[0]), resolution, seed, previous, np.ones(graph.shape[0]))
    node = _nodes(fixed)
    contracted, inner = _contract(graph, node)
    size = np.bincount(node)
    started = None if previous is None else _topic_of_nodes(previous, node)
    return keep_apart(graph, _leiden(contracted, inner, resolution, seed, started, size)[node], fixed)


def without_denied(graph: sparse.csr_array, moved: NDArray[np.bool_], home: NDArray[np.int64]) -> sparse.csr_array:
    """The graph without the edges between a moved row and the members of other groups than its own.

    Who puts a question into a topic says that it does not belong to those it is like elsewhere: it must not
    draw them after it. home: int, shape (n,), the group of every row, -1 for none.
    """
    edges = graph.tocoo()
    one, other = edges.row, edges.col
    strangers = (home[one] != UNKNOWN) & (home[other] != UNKNOWN) & (home[one] != home[other])
    kept = ~(strangers & (moved[one] | moved[other]))
    return sparse.csr_array((edges.data[kept], (one[kept], other[kept])), shape=graph.shape)


def keep_apart(graph: sparse.csr_array, labels: NDArray[np.int64], fixed: NDArray[np.int64]) -> NDArray[np.int64]:
    """Part the communities in which fixed groups met: their free rows go by their neighbours' vote.

    A row that no neighbour leads to a group joins the largest one. Returns: int, shape (n,).
    """
    labels, fresh = labels.copy(), labels.max(initial=-1) + 1
    for community in np.unique(labels[fixed != FREE]):
        rows = np.flatnonzero(labels == community)
        groups = _by_first_row(fixed[rows])
        if groups.max() > 0:
            labels[rows] = fresh + _spread(graph[rows][:, rows], groups)
            fresh += groups.max() + 1
    return labels


def _by_first_row(fixed: NDArray[np.int64]) -> NDArray[np.int64]:
    """Fixed groups numbered 0, 1, ... in the order of their lowest rows; free rows stay -1."""
    groups, first, position = np.unique(fixed, return_index=True, return_inverse=True)
    rank = np.full(len(groups), FREE)
    named = np.flatnonzero(groups != FREE)
    rank[named[np.argsort(first[named])]] = np.arange(len(named))
    return rank[position]


def _spread(graph: sparse.csr_array, groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """Let groups grow over the free rows, a step at a time, each row to the group that weighs most beside it."""
    groups = groups.copy()
    largest = np.bincount(groups[groups != FREE]).argmax()
    while True:
        votes = _votes(graph, groups, groups.max() + 1)
        led = (groups == FREE) & (votes.max(axis=1) > 0)
        if not led.any():
            break
        groups[led] = votes[led].argmax(axis=1)
    groups[groups == FREE] = largest
    return groups


def _votes(graph: sparse.csr_array, topic: NDArray[np.int64], n_topics: int) -> NDArray[np.float64]:
    """How much of each topic lies beside each row: shape (n, n_topics)."""
    known = np.flatnonzero(topic != UNKNOWN)
    member = sparse.csr_array((np.ones(len(known)), (known, topic[known])), shape=(len(topic), n_topics))
    return (graph @ member).toarray()


def _nodes(fixed: NDArray[np.int64]) -> NDArray[np.int64]:
    """The node of each row: one for each group, one for each free row, numbered by their lowest rows."""
    alone = fixed.max(initial=FREE) + 1 + np.arange(len(fixed))
    return _by_first_row(np.where(fixed == FREE, alone, fixed))


def _contract(graph: sparse.csr_array, node: NDArray[np.int64]) -> tuple[sparse.csr_array, NDArray[np.float64]]:
    """The graph of the nodes, edges summed, and the weight of the edges inside each node."""
    n_nodes = node.max(initial=-1) + 1
    member = sparse.csr_array((np.ones(len(node)), (np.arange(len(node)), node)), shape=(len(node), n_nodes))
    summed = (member.T @ graph @ member).tocsr()
    inner = summed.diagonal() / 2
    return sparse.csr_array(summed - sparse.diags_array(summed.diagonal())), inner


def _topic_of_nodes(previous: NDArray[np.int64], node: NDArray[np.int64]) -> NDArray[np.int64]:
    """The earlier topic of a node: that of its lowest row that has one."""
    known = np.flatnonzero(previous != UNKNOWN)
    nodes, first = np.unique(node[known], return_index=True)
    topic = np.full(node.max(initial=-1) + 1, UNKNOWN, dtype=np.int64)
    topic[nodes] = previous[known[first]]
    return topic


def _leiden(
    graph: sparse.csr_array,
    inner: NDArray[np.float64],
    resolution: float,
    seed: int,
    previous: NDArray[np.int64] | None,
    size: NDArray[np.int64],
) -> NDArray[np.int64]:
    import graspologic_native

    labels = graph.shape[0] + np.arange(graph.shape[0])
    upper = sparse.triu(graph, k=1).tocoo()
    if np.count_nonzero(upper.data) == 0:
        return labels
    edges = [
        (str(a), str(b), weight)
        for a, b, weight in zip(upper.row.tolist(), upper.col.tolist(), upper.data.tolist(), strict=True)
    ]
    # The library wants a start for exactly the nodes that have an edge; other nodes keep a label of their own.
    linked = np.union1d(upper.row, upper.col)
    start, ties = (None, []) if previous is None else _warm_start(graph, linked, previous, size)
    heavy = linked[inner[linked] > 0]
    if start is not None:
        start |= {_inside(each): start[str(each)] for each in heavy}
    _, found = graspologic_native.leiden(
        edges + ties + [(str(each), _inside(each), inner[each]) for each in heavy],
        starting_communities=start,
        resolution=resolution,
        iterations=ITERATIONS,
        seed=seed,
    )
    labels[linked] = [found[str(each)] for each in linked]
    return labels


def _warm_start(
    graph: sparse.csr_array, linked: NDArray[np.int64], previous: NDArray[np.int64], size: NDArray[np.int64]
) -> tuple[dict[str, int], list[Edge]]:
    """Communities to start from and one anchor per earlier topic, tied to each of its members.

    Without anchors every tenth new row makes Leiden split some topic in two; with them 99 % of the rows stay
    (measured on Banking77 and on 323 space questions), and the agreement with the true labels is the same.
    """
    known = previous != UNKNOWN
    topic = np.full(len(previous), UNKNOWN, dtype=np.int64)
    topic[known] = np.unique(previous[known], return_inverse=True)[1]
    start = _vote(graph, topic)
    tied = linked[known[linked]]
    started = {str(each): int(start[each]) for each in linked}
    started |= {_anchor(each): int(each) for each in np.unique(topic[tied])}
    return started, [(str(each), _anchor(topic[each]), ANCHOR_WEIGHT * float(size[each])) for each in tied]


def _vote(graph: sparse.csr_array, topic: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where the walk starts: a new node in the topic that weighs most among its neighbours, else alone."""
    n_topics = topic.max(initial=-1) + 1
    votes = _votes(graph, topic, n_topics)
    start = n_topics + np.arange(len(topic))
    voted = votes.max(axis=1, initial=0) > 0
    start[voted] = votes[voted].argmax(axis=1)
    known = topic != UNKNOWN
    start[known] = topic[known]
    return start


def _anchor(topic: int) -> str:
    return f"topic {topic}"


def _inside(node: int) -> str:
    """The leaf that carries the edges inside a node: the library counts loops otherwise than modularity does."""
    return f"inside {node}"
