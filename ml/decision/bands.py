"""Bands: runs of questions that the evidence cannot tell apart, shown as a range of places."""

import numpy as np
from numpy.typing import NDArray

from ml.decision.crossed_model import DIGITS, Floats, Ints

# A question this surely below the first of a band opens the next band (RULES.md section 5).
SURELY_BELOW = 0.90


def tie_order(mean: Floats, salted_hash: NDArray) -> Ints:
    """Printed order of the questions: by mean, then by hash.

    mean: float, shape (n_questions,); means that agree to 1e-9 are tied.
    salted_hash: shape (n_questions,), all different, of any type that sorts.
    Returns: int, shape (n_questions,); indexes, best first.
    """
    return np.lexsort((salted_hash, -np.round(mean, DIGITS)))


def assign_bands(*, draws: Floats, order: Ints) -> Ints:
    """Walk down the order; a new band starts where P(band's first > this one) reaches 0.90.

    draws: float, shape (n_questions, n_draws); joint draws of the values. order: int, shape (n_questions,);
    indexes, best mean first, as ``tie_order`` gives them.
    Returns: int, shape (n_questions,); 0 for the best band, 1 for the next.
    Source: RULES.md section 5; METHODS.md 1g.
    """
    bands = np.zeros(len(order), dtype=np.int64)
    current = 0
    for position, question in enumerate(order):
        if position == 0:
            first = question
        elif np.mean(draws[first] > draws[question]) >= SURELY_BELOW:
            first = question
            current += 1
        bands[question] = current
    return bands


def place_ranges(bands: Ints) -> tuple[Ints, Ints]:
    """First and last place of each question's band: two int arrays of shape (n_questions,), best place 1."""
    _, band, size = np.unique(bands, return_inverse=True, return_counts=True)
    last = np.cumsum(size)
    return (last - size + 1)[band], last[band]
