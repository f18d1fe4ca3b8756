"""The curve from cosine to the probability that two questions ask the same, shipped or drawn towards verdicts."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

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
#   words   1,636 pairs with a likeness by words of at least 0.18: Stack Exchange 1,584, the sample 52, both sets
#           weighing the same. English stands for languages whose pairs nobody has labelled: one half at 0.34.
SHIPPED = {"titles": (11.7, -8.4), "texts": (15.8, -9.9), "words": (13.6, -4.6)}

# How far a site's own verdicts may easily pull the curve: standard deviations of the Gaussian prior of
# fit_calibration, on the slope and on the log-odds at CENTRE.
SLOPE_SPREAD = 5.0
LEVEL_SPREAD = 1.5
CENTRE = 0.75
LEAST_SLOPE = 1.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """P(same question) = 1 / (1 + exp(-(slope * cosine + intercept))); belongs to one model."""

    slope: float
    intercept: float


def shipped_calibration(compared: Literal["titles", "texts", "words"]) -> Calibration:
    """The curve for the bundled model before a site has verdicts of its own.

    titles: it reaches one half at cosine 0.72. texts: titles with the paragraph that explains them; at 0.63.
    words: what no model reads, compared by words and letters (`lexical`).
    """
    slope, intercept = SHIPPED[compared]
    return Calibration(slope=slope, intercept=intercept)


def probability(cosine: NDArray[np.floating], *, calibration: Calibration) -> NDArray[np.float64]:
    """P(the two questions are the same), same shape as cosine, increasing in it."""
    from scipy.special import expit

    return expit(calibration.slope * np.asarray(cosine, dtype=np.float64) + calibration.intercept)


def fit_calibration(
    cosine: NDArray[np.floating],
    same: NDArray[np.bool_],
    *,
    prior: Calibration | None = None,
    weight: NDArray[np.floating] | None = None,
) -> Calibration:
    """The curve that fits a site's verdicts, drawn towards a prior curve as long as they are few.

    cosine: float, shape (n_verdicts,). same: bool, shape (n_verdicts,); True where a person said "same".
    prior: default `shipped_calibration("texts")`, what people give verdicts on. No verdict returns it; verdicts
        of one kind only move it a finite way, more the more they are. The slope stays positive.
    weight: how many pairs each verdict stands for, shape (n_verdicts,); one each where none is given.
    Raises: ValueError if the shapes differ.
    """
    from scipy.optimize import minimize
    from scipy.special import expit

    prior = prior or shipped_calibration("texts")
    cosine, same = np.asarray(cosine, dtype=np.float64), np.asarray(same, dtype=np.float64)
    if cosine.shape != same.shape or cosine.ndim != 1:
        raise ValueError("cosine and same must have the same shape (n_verdicts,)")
    if len(cosine) == 0:
        return prior
    weight = np.ones(len(cosine)) if weight is None else np.asarray(weight, dtype=np.float64)
    centre = np.array([prior.slope, prior.intercept + prior.slope * CENTRE])
    spread = np.array([SLOPE_SPREAD, LEVEL_SPREAD])

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        shift = cosine - CENTRE
        logit = parameters[0] * shift + parameters[1]
        error = weight * (expit(logit) - same)
        away = (parameters - centre) / spread
        value = (weight * (np.logaddexp(0, logit) - same * logit)).sum() + (away**2).sum() / 2
        return value, np.array([(error * shift).sum(), error.sum()]) + away / spread

    slope, level = minimize(loss, centre, jac=True, method="L-BFGS-B", bounds=[(LEAST_SLOPE, None), (None, None)]).x
    return Calibration(slope=float(slope), intercept=float(level - slope * CENTRE))


def logit_of(chance: float) -> float:
    """The log-odds of a probability."""
    return float(np.log(chance / (1 - chance)))
