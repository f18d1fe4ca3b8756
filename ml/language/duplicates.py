"""Which texts lie near each other: pairs of rows, exact, block by block."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

BLOCK = 1024
# A row of a product of sparse rows may be nearly full, whatever the rows were.
SPARSE_BLOCK = 256
# Rows that are compared with all others at a time.
ROW_BLOCK = 256

# Left rows, right rows and cosines of some pairs.
Triple = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of rows, left < right, ascending by (left, right); each array has shape (n_pairs,)."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    cosine: NDArray[np.float32]


def nearest_pairs(vectors: NDArray[np.floating], *, threshold: float = 0.70, block: int = BLOCK) -> Pairs:
    """Every pair of rows whose cosine is at least the threshold; exact.

    vectors: float32 or float16, shape (n, width), rows of length 1 (L2); multiplied as float32.
    block: rows compared at a time; memory is block * block * 4 bytes beside the result.
    Raises: ValueError if vectors is not two-dimensional or block < 1.
    """
    _check(vectors, block)
    return _in_order(_near_blocks(vectors, threshold, block))


def neighbours_of_rows(
    vectors: NDArray[np.floating], *, first: int, last: int, threshold: float, most: int, block: int = ROW_BLOCK
) -> Pairs:
    """The pairs of each row from `first` to below `last` with its `most` nearest other rows; exact.

    Only rows whose cosine is at least the threshold are near. A pair comes once, whichever row it was found for. A
    part of the rows that can be kept: the parts together are the pairs of `keep_nearest`.

    vectors: shape (n, width), as for nearest_pairs.
    block: rows compared at a time; memory is block * n * 4 bytes beside the result.
    Raises: ValueError as nearest_pairs does.
    """
    _check(vectors, block)
    columns = vectors.astype(np.float32, copy=False).T

    def blocks() -> Iterator[Triple]:
        for top in range(first, last, block):
            similar = vectors[top : min(top + block, last)].astype(np.float32, copy=False) @ columns
            rows, others = np.divmod(np.flatnonzero(similar >= threshold), similar.shape[1])
            apart = others != rows + top
            rows, others = rows[apart], others[apart]
            cosine = similar[rows, others]
            near = _rank(rows, others, cosine) < most
            rows, others = rows[near] + top, others[near]
            yield np.minimum(rows, others), np.maximum(rows, others), cosine[near]

    return _once(_in_order(blocks()))


def keep_nearest(pairs: Pairs, *, most: int) -> Pairs:
    """The pairs in which one row is among the `most` nearest of the other."""
    rows, others = np.concatenate([pairs.left, pairs.right]), np.concatenate([pairs.right, pairs.left])
    rank = _rank(rows, others, np.tile(pairs.cosine, 2)).reshape(2, -1)
    kept = rank.min(axis=0) < most
    return Pairs(pairs.left[kept], pairs.right[kept], pairs.cosine[kept])


def nearest_sparse_pairs(rows: sparse.csr_array, *, threshold: float, block: int = SPARSE_BLOCK) -> Pairs:
    """Every pair of sparse rows whose cosine is at least the threshold; exact.

    rows: float32, shape (n, n_terms), each of length 1 (L2) or empty.
    """
    columns = sparse.csr_array(rows.T)

    def blocks() -> Iterator[Triple]:
        for start in range(0, rows.shape[0], block):
            similar = sparse.coo_array(rows[start : start + block] @ columns)
            chosen = (similar.data >= threshold) & (similar.col > similar.row + start)
            yield similar.row[chosen].astype(np.int64) + start, similar.col[chosen], similar.data[chosen]

    return _in_order(blocks())


def _check(vectors: NDArray[np.floating], block: int) -> None:
    if vectors.ndim != 2 or block < 1:
        raise ValueError("vectors must have shape (n, width) and block must be at least 1")


def _near_blocks(vectors: NDArray[np.floating], threshold: float, block: int) -> Iterator[Triple]:
    for top in range(0, len(vectors), block):
        upper = vectors[top : top + block].astype(np.float32, copy=False)
        for start in range(top, len(vectors), block):
            similar = upper @ vectors[start : start + block].astype(np.float32, copy=False).T
            # Of a flat view: np.nonzero of a matrix took a fifth of the time of its product.
            rows, columns = np.divmod(np.flatnonzero(similar >= threshold), similar.shape[1])
            after = columns + start > rows + top
            rows, columns = rows[after], columns[after]
            yield rows + top, columns + start, similar[rows, columns]


def _rank(rows: NDArray[np.int64], others: NDArray[np.int64], cosine: NDArray[np.floating]) -> NDArray[np.int64]:
    """The place of each pair among those of its row, from 0: the nearest first, equal ones by the other row."""
    order = np.lexsort((others, -cosine, rows))
    sorted_rows = rows[order]
    place = np.arange(len(rows)) - np.searchsorted(sorted_rows, sorted_rows)
    rank = np.empty(len(rows), dtype=np.int64)
    rank[order] = place
    return rank


def _once(pairs: Pairs) -> Pairs:
    """Pairs that stand in order, each once."""
    is_new = np.ones(len(pairs.left), dtype=bool)
    is_new[1:] = (np.diff(pairs.left) != 0) | (np.diff(pairs.right) != 0)
    return Pairs(pairs.left[is_new], pairs.right[is_new], pairs.cosine[is_new])


def _in_order(blocks: Iterator[Triple]) -> Pairs:
    empty = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
    left, right, cosine = (np.concatenate(column) for column in zip(empty, *blocks, strict=True))
    order = np.lexsort((right, left))
    return Pairs(
        left=left[order].astype(np.int64),
        right=right[order].astype(np.int64),
        cosine=np.minimum(cosine[order], 1.0).astype(np.float32),
    )
