"""Which texts lie near each other: pairs of rows, exact, block by block."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

BLOCK = 1024
# A row of a product of sparse rows may be nearly full, whatever the rows were.
SPARSE_BLOCK = 256


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
    return pairs_of_rows(vectors, first=0, last=len(vectors), threshold=threshold, block=block)


def pairs_of_rows(
    vectors: NDArray[np.floating], *, first: int, last: int, threshold: float, block: int = BLOCK
) -> Pairs:
    """The pairs of `nearest_pairs` whose left row is at least `first` and below `last`: a part that can be kept.

    vectors: shape (n, width), as for nearest_pairs.
    Raises: ValueError as nearest_pairs does.
    """
    if vectors.ndim != 2 or block < 1:
        raise ValueError("vectors must have shape (n, width) and block must be at least 1")
    return _in_order(_near_blocks(vectors, first, last, threshold, block))


def nearest_sparse_pairs(rows: sparse.csr_array, *, threshold: float, block: int = SPARSE_BLOCK) -> Pairs:
    """Every pair of sparse rows whose cosine is at least the threshold; exact.

    rows: float32, shape (n, n_terms), each of length 1 (L2) or empty.
    """
    columns = sparse.csr_array(rows.T)

    def blocks() -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]]:
        for start in range(0, rows.shape[0], block):
            similar = sparse.coo_array(rows[start : start + block] @ columns)
            chosen = (similar.data >= threshold) & (similar.col > similar.row + start)
            yield similar.row[chosen].astype(np.int64) + start, similar.col[chosen], similar.data[chosen]

    return _in_order(blocks())


def _near_blocks(
    vectors: NDArray[np.floating], first: int, last: int, threshold: float, block: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]]:
    for top in range(first, last, block):
        upper = vectors[top : min(top + block, last)].astype(np.float32, copy=False)
        for start in range(top, len(vectors), block):
            similar = upper @ vectors[start : start + block].astype(np.float32, copy=False).T
            # Of a flat view: np.nonzero of a matrix took a fifth of the time of its product.
            rows, columns = np.divmod(np.flatnonzero(similar >= threshold), similar.shape[1])
            after = columns + start > rows + top
            rows, columns = rows[after], columns[after]
            yield rows + top, columns + start, similar[rows, columns]


def _in_order(blocks: Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]]) -> Pairs:
    empty = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
    left, right, cosine = (np.concatenate(column) for column in zip(empty, *blocks, strict=True))
    order = np.lexsort((right, left))
    return Pairs(
        left=left[order].astype(np.int64),
        right=right[order].astype(np.int64),
        cosine=np.minimum(cosine[order], 1.0).astype(np.float32),
    )
