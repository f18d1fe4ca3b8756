"""Opinions on each question between two rounds: agreed, split, stable, and drawn towards the middle."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.decision.allocation import WIDE_IQR
from ml.decision.crossed_model import ROUNDING, Floats, Ints

Bools = NDArray[np.bool_]

# METHODS.md 1f, for a rubric of five points.
NEAR = 1.0
AGREED_SHARE = 0.75
TAIL_SHARE = 0.25
LARGEST_SHIFT = 0.5
LARGE_MOVE = 1.0
MOVED_SHARE = 0.15


@dataclass(frozen=True, eq=False)
class Opinions:
    """What a panel thinks of each question; every array has shape (n_questions,), NaN or False without ratings.

    median, iqr: rubric points. near_share: share of the ratings within one point of the median.
    is_agreed: IQR <= 1 and at least 75 % near the median. is_split: more than 25 % of the ratings in the lowest
    third of the rubric and more than 25 % in the highest.
    """

    n_ratings: Ints
    median: Floats
    iqr: Floats
    near_share: Floats
    is_agreed: Bools
    is_split: Bools


def opinions(*, question: Ints, rating: Floats, n_questions: int, lowest: float = 1, highest: float = 5) -> Opinions:
    """Median, spread, consensus and dissent of each question.

    question: int, shape (n_ratings,). rating: float, as many, from lowest to highest.
    Source: METHODS.md 1f (consensus as in Diamond 2014, bands of thirds as in the 70/15 rule).
    """
    third = (highest - lowest) / 3
    n_ratings = np.bincount(question, minlength=n_questions)
    low, median, high = _quartiles(question, rating, n_questions)
    near = _share(np.abs(rating - median[question]) <= NEAR + ROUNDING, question, n_ratings)
    below = _share(rating <= lowest + third + ROUNDING, question, n_ratings)
    above = _share(rating >= highest - third - ROUNDING, question, n_ratings)
    is_agreed = (high - low <= WIDE_IQR + ROUNDING) & (near >= AGREED_SHARE - ROUNDING)
    return Opinions(n_ratings, median, high - low, near, is_agreed, (below > TAIL_SHARE) & (above > TAIL_SHARE))


def stable_questions(*, question: Ints, before: Floats, after: Floats, n_questions: int) -> Bools:
    """Whether a further round would change little: the median moved by at most .5, at most 15 % of raters by over 1.

    question: int, before, after: float, shape (n_rows,); one row for each panelist and question rated in both rounds.
    Returns: bool, shape (n_questions,); False without rows.
    """
    n_raters = np.bincount(question, minlength=n_questions)
    shift = np.abs(_quartiles(question, after, n_questions)[1] - _quartiles(question, before, n_questions)[1])
    moved = _share(np.abs(after - before) > LARGE_MOVE + ROUNDING, question, n_raters)
    return (shift <= LARGEST_SHIFT + ROUNDING) & (moved <= MOVED_SHARE + ROUNDING)


def conformity(*, question: Ints, before: Floats, after: Floats, median: Floats) -> float:
    """Share of the changed ratings that came nearer to the median shown; NaN if none changed.

    median: float, shape (n_questions,); the one that the feedback showed.
    """
    changed = np.abs(after - before) > ROUNDING
    if not changed.any():
        return float("nan")
    shown = median[question]
    return float(np.mean(np.abs(after - shown)[changed] < np.abs(before - shown)[changed]))


def _quartiles(question: Ints, rating: Floats, n_questions: int) -> Floats:
    """Quartiles of each question's ratings, shape (3, n_questions), by linear interpolation as numpy's."""
    order = np.lexsort((rating, question))
    values, counts = rating[order], np.bincount(question, minlength=n_questions)
    first = np.cumsum(counts) - counts
    quartiles = np.full((3, n_questions), np.nan)
    rated = counts > 0
    for row, share in zip(quartiles, (0.25, 0.5, 0.75), strict=True):
        at = share * (counts[rated] - 1)
        low = np.floor(at).astype(np.int64)
        high = np.minimum(low + 1, counts[rated] - 1)
        start = first[rated]
        row[rated] = values[start + low] + (at - low) * (values[start + high] - values[start + low])
    return quartiles


def _share(is_so: Bools, question: Ints, n_ratings: Ints) -> Floats:
    hits = np.bincount(question, is_so, minlength=len(n_ratings))
    return np.divide(hits, n_ratings, out=np.full(len(n_ratings), np.nan), where=n_ratings > 0)
