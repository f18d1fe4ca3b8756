"""Kemeny's order, exactly: one integer program over all pairs, solved to proven optimality.

Its linear relaxation has a whole optimum for nearly all ballots that people cast, and then that is the proof.

Source: METHODS.md 1e; Conitzer, Davenport & Kalagnanam (2006), Improved bounds for computing Kemeny rankings, AAAI.
"""

from itertools import combinations

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from ml.decision.crossed_model import Floats, Ints

# With more, even the first relaxation takes long.
MOST_ITEMS = 50
# Ballots of people who agree in anything at all are solved by the relaxation. Those that contradict each other
# throughout need a search, which beyond this takes longer than anybody can wait for.
MOST_SEARCHED = 20
WHOLE = 1e-6


class NoProvenOrder(ValueError):
    """There are too many questions, or the ballots contradict each other too much, to prove an order the best."""


def best_order(above: Ints) -> tuple[Ints, int]:
    """The order, best first, that agrees with most of the pairwise preferences, and with how many.

    above: int, shape (n_items, n_items); how many put the row's question above the column's.
    Raises: NoProvenOrder above ``MOST_ITEMS`` questions, where more than ``MOST_SEARCHED`` are left open by the
    relaxation, and where the solver ends without an order.
    """
    n = len(above)
    if n > MOST_ITEMS:
        raise NoProvenOrder(f"Kemeny's order is computed for at most {MOST_ITEMS} questions, not {n}.")
    if n < 2:
        return np.arange(n), 0
    left, right = np.triu_indices(n, 1)
    gain = above[left, right] - above[right, left]
    solution = _solve(gain, n, is_whole=False)
    if np.abs(solution - np.round(solution)).max() > WHOLE:
        if n > MOST_SEARCHED:
            raise NoProvenOrder("The ballots contradict each other too much to prove an order the best.")
        solution = _solve(gain, n, is_whole=True)
    is_before = np.zeros((n, n), dtype=np.int64)
    is_before[left, right] = np.round(solution)
    is_before[right, left] = 1 - is_before[left, right]
    order = np.argsort(-is_before.sum(axis=1), kind="stable")
    return order, int((above * is_before).sum())


def _solve(gain: Ints, n: int, *, is_whole: bool) -> Floats:
    whole = np.full(len(gain), int(is_whole))
    solution = milp(-gain, integrality=whole, bounds=Bounds(0, 1), constraints=_no_circles(n))
    if solution.status != 0:
        raise NoProvenOrder(f"Kemeny's order was not found: {solution.message}")
    return solution.x


def _no_circles(n: int) -> list[LinearConstraint]:
    """Of three questions no circle: 0 <= x(i, j) + x(j, k) - x(i, k) <= 1, x being 1 if the former comes first."""
    if n < 3:
        return []
    number = np.zeros((n, n), dtype=np.int64)
    number[np.triu_indices(n, 1)] = np.arange(n * (n - 1) // 2)
    i, j, k = np.array(list(combinations(range(n), 3))).T
    rows = np.repeat(np.arange(len(i)), 3)
    columns = np.column_stack([number[i, j], number[j, k], number[i, k]]).ravel()
    signs = np.tile([1.0, 1.0, -1.0], len(i))
    matrix = sp.csr_array((signs, (rows, columns)), shape=(len(i), n * (n - 1) // 2))
    return [LinearConstraint(matrix, 0, 1)]
