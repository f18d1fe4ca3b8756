"""Which questions ask the same thing: near pairs, the probability that a pair is one question, and groups."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ml.language.stars import star_groups

__all__ = [
    "Calibration",
    "Pairs",
    "fit_calibration",
    "nearest_pairs",
    "probability",
    "shipped_calibration",
    "star_groups",
]

# Logistics of cosine for all-MiniLM-L6-v2, fitted without penalty on pairs of texts that people labelled; one for
# short English titles, one for titles followed by a paragraph. Each has every pair with cosine >= 0.5 of 568 Stack
# Exchange "english" questions, the same where one group of duplicates marked by the community holds both, and the
# 36 hand-labelled pairs of space questions, the texts without five that have no paragraph.
#   titles  863 pairs, 227 the same: Stack Exchange 827 (212), space 36 (15)
#   texts   706 pairs, 255 the same: Stack Exchange 603 (224), space 31 (13), and every such pair of one kind in the
#           sample call, title and goal overview: 72 (18)
# The sample's near misses are meant to mislead: of its 72 pairs the curve expects 24 the same, not 18. A title beside
# a title with a paragraph behaves like texts (one half at 0.64).
# The random negatives that data sets of duplicates bring and adversarial paraphrases (PAWS-X) were left out on
# purpose: with the first a cosine of 0.6 would read as 99 %, with the second one of 0.9 as 35 %.
SHIPPED = {"titles": (11.7, -8.4), "texts": (15.8, -9.9)}

# How far a site's own verdicts may easily pull the curve: standard deviations of the Gaussian prior of
# fit_calibration, on the slope and on the log-odds at CENTRE.
SLOPE_SPREAD = 5.0
LEVEL_SPREAD = 1.5
CENTRE = 0.75
LEAST_SLOPE = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of rows, left < right, ascending by (left, right); each array has shape (n_pairs,)."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    cosine: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Calibration:
    """P(same question) = 1 / (1 + exp(-(slope * cosine + intercept))); belongs to one model."""

    slope: float
    intercept: float


def shipped_calibration(compared: Literal["titles", "texts"]) -> Calibration:
    """The curve for the bundled model before a site has verdicts of its own.

    titles: it reaches one half at cosine 0.72. texts: titles with the paragraph that explains them; at 0.63.
    """
    slope, intercept = SHIPPED[compared]
    return Calibration(slope=slope, intercept=intercept)


def nearest_pairs(vectors: NDArray[np.float32], *, threshold: float = 0.70, block: int = 1024) -> Pairs:
    """Every pair of rows whose cosine is at least the threshold; exact.

    vectors: float32, shape (n, width), rows of length 1 (L2).
    block: rows compared at a time; memory is block * block * 4 bytes beside the result.
    Raises: ValueError if vectors is not two-dimensional or block < 1.
    """
    if vectors.ndim != 2 or block < 1:
        raise ValueError("vectors must have shape (n, width) and block must be at least 1")
    starts = range(0, max(len(vectors), 1), block)
    found = [
        _pairs_between(vectors, first, second, block, threshold)
        for first in starts
        for second in starts
        if second >= first
    ]
    left, right, cosine = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((right, left))
    return Pairs(
        left=left[order],
        right=right[order],
        cosine=np.minimum(cosine[order], 1.0).astype(np.float32),
    )


def probability(cosine: NDArray[np.floating], *, calibration: Calibration) -> NDArray[np.float64]:
    """P(the two questions are the same), same shape as cosine, increasing in it."""
    from scipy.special import expit

    return expit(calibration.slope * np.asarray(cosine, dtype=np.float64) + calibration.intercept)


def fit_calibration(
    cosine: NDArray[np.floating], same: NDArray[np.bool_], *, prior: Calibration | None = None
) -> Calibration:
    """The curve that fits a site's verdicts, drawn towards a prior curve as long as they are few.

    cosine: float, shape (n_verdicts,). same: bool, shape (n_verdicts,); True where a person said "same".
    prior: default `shipped_calibration("texts")`, what people give verdicts on. No verdict returns it; verdicts
        of one kind only move it a finite way, more the more they are. The slope stays positive.
    Raises: ValueError if the shapes differ.
    """
    from scipy.optimize import minimize

    prior = prior or shipped_calibration("texts")
    cosine, same = np.asarray(cosine, dtype=np.float64), np.asarray(same, dtype=np.float64)
    if cosine.shape != same.shape or cosine.ndim != 1:
        raise ValueError("cosine and same must have the same shape (n_verdicts,)")
    if len(cosine) == 0:
        return prior
    centre = np.array([prior.slope, prior.intercept + prior.slope * CENTRE])
    spread = np.array([SLOPE_SPREAD, LEVEL_SPREAD])

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        shift = cosine - CENTRE
        logit = parameters[0] * shift + parameters[1]
        error = 1 / (1 + np.exp(-logit)) - same
        away = (parameters - centre) / spread
        value = np.logaddexp(0, logit).sum() - (same * logit).sum() + (away**2).sum() / 2
        return value, np.array([(error * shift).sum(), error.sum()]) + away / spread

    slope, level = minimize(loss, centre, jac=True, method="L-BFGS-B", bounds=[(LEAST_SLOPE, None), (None, None)]).x
    return Calibration(slope=float(slope), intercept=float(level - slope * CENTRE))


def _pairs_between(
    vectors: NDArray[np.float32], first: int, second: int, block: int, threshold: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Pairs of one block of rows with one block at or after it."""
    similar = vectors[first : first + block] @ vectors[second : second + block].T
    chosen = similar >= threshold
    if first == second:
        chosen = np.triu(chosen, k=1)
    rows, columns = np.nonzero(chosen)
    return rows + first, columns + second, similar[rows, columns]
