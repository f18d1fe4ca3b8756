"""How far panelists agree: Kendall's W, and Krippendorff's alpha with a bootstrap interval."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.stats import rankdata

from ml.decision.crossed_model import Floats, Ints

NOMINAL, ORDINAL, INTERVAL, RATIO = LEVELS = ("nominal", "ordinal", "interval", "ratio")


def kendall_w(ratings: Floats) -> float:
    """Kendall's coefficient of concordance, corrected for ties: 1 is full agreement, 0 none.

    ratings: float, shape (n_panelists, n_questions), nothing missing; scores or ranks, either way up.
    Returns NaN where every panelist rates all questions alike.
    Raises: ValueError on fewer than two panelists or questions, or a rating that is missing.
    Source: Kendall & Gibbons (1990), Rank correlation methods, chapter 6.
    """
    if ratings.ndim != 2 or min(ratings.shape) < 2:
        raise ValueError("Agreement needs at least two panelists and two questions.")
    if not np.isfinite(ratings).all():
        raise ValueError("Kendall's W needs a rating of every panelist for every question.")
    n_panelists, n_questions = ratings.shape
    ranks = rankdata(ratings, axis=1)
    sums = ranks.sum(axis=0)
    squares = float(np.sum((sums - sums.mean()) ** 2))
    ties = sum(float(np.sum(counts**3 - counts)) for counts in _tie_sizes(ratings))
    largest = n_panelists**2 * (n_questions**3 - n_questions) - n_panelists * ties
    return 12 * squares / largest if largest > 0 else float("nan")


def _tie_sizes(ratings: Floats) -> list[Ints]:
    return [np.unique(row, return_counts=True)[1] for row in ratings]


@dataclass(frozen=True)
class Agreement:
    """Krippendorff's alpha and its interval over questions; NaN where nothing can be compared."""

    alpha: float
    low: float
    high: float


def krippendorff_alpha(ratings: Floats, *, level: str = ORDINAL) -> float:
    """Krippendorff's alpha: 1 is full agreement, 0 is what chance gives, below 0 is worse than chance.

    ratings: float, shape (n_panelists, n_questions), NaN where missing. level: "nominal", "ordinal", "interval"
    or "ratio" (values at least 0).
    Returns NaN where no question has two ratings, and where all ratings are one value.
    Source: Krippendorff (2011), Computing Krippendorff's alpha-reliability.
    """
    values, counts = _value_counts(ratings)
    return _alpha(values, counts, np.ones(counts.shape[0]), level)


def alpha_interval(
    ratings: Floats, *, level: str = ORDINAL, seed: int, n_resamples: int = 1000, confidence: float = 0.90
) -> Agreement:
    """Alpha with a bootstrap interval: the questions are drawn anew, the panel stays.

    ratings: float, shape (n_panelists, n_questions), NaN where somebody did not rate.
    Resamples in which all ratings are one value say nothing and are left out. Same input and seed, same numbers.
    """
    values, counts = _value_counts(ratings)
    n_questions = counts.shape[0]
    random = np.random.default_rng(seed)
    even = np.full(n_questions, 1 / max(n_questions, 1))
    times = random.multinomial(n_questions, even, size=n_resamples) if n_questions else np.zeros((n_resamples, 0))
    alphas = np.array([_alpha(values, counts, row, level) for row in times])
    known = alphas[np.isfinite(alphas)]
    tail = (1 - confidence) / 2
    low, high = np.quantile(known, [tail, 1 - tail]) if known.size else (np.nan, np.nan)
    return Agreement(_alpha(values, counts, np.ones(n_questions), level), float(low), float(high))


def _value_counts(ratings: Floats) -> tuple[Floats, sp.csr_array]:
    """The values there are, and how often each question got each; only questions with two ratings or more."""
    given = np.isfinite(ratings)
    given &= given.sum(axis=0) > 1
    panelist, question = np.nonzero(given)
    values, value = np.unique(ratings[panelist, question], return_inverse=True)
    _, row = np.unique(question, return_inverse=True)
    shape = (int(row.max(initial=-1)) + 1, len(values))
    return values, sp.csr_array((np.ones(len(row)), (row, value)), shape=shape)


def _alpha(values: Floats, counts: sp.csr_array, times: Floats, level: str) -> float:
    """Alpha when each question counts so many times: 1 - observed / expected disagreement."""
    n_ratings = np.asarray(counts.sum(axis=1)).ravel()
    weight = times / np.maximum(n_ratings - 1, 1)
    coincidences = (counts.T @ counts.multiply(weight[:, None])).toarray()
    coincidences -= np.diag(weight @ counts)
    totals = coincidences.sum(axis=1)
    distance = _distances(values, totals, level)
    expected = totals @ distance @ totals
    if expected <= 0:
        return float("nan")
    return float(1 - (totals.sum() - 1) * np.sum(coincidences * distance) / expected)


def _distances(values: Floats, totals: Floats, level: str) -> Floats:
    """Squared difference of each two values at a level of measurement."""
    one, other = values[:, None], values[None, :]
    if level == NOMINAL:
        return (one != other).astype(float)
    if level == INTERVAL:
        return (one - other) ** 2
    if level == RATIO:
        total = one + other
        return np.divide(one - other, total, out=np.zeros(total.shape), where=total != 0) ** 2
    if level != ORDINAL:
        raise ValueError(f"level must be one of {LEVELS}.")
    middle = np.cumsum(totals) - totals / 2
    return (middle[:, None] - middle[None, :]) ** 2
