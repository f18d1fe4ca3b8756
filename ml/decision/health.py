"""Is the panel well: severity, panelists out of step, influence, panelists who deviate together, and progress."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.linalg import solve_triangular
from scipy.special import ndtri
from threadpoolctl import threadpool_limits

from ml.decision.bands import tie_order
from ml.decision.crossed_model import Floats, Ints, build_design, solve
from ml.decision.robust_model import RobustFit
from ml.decision.scoring import CrossedFit

# A normal's standard deviation over its median absolute deviation.
MAD_SCALE = 1.4826
# METHODS.md 1h.
OUT_OF_STEP = 3.0
DEVIATES_TOGETHER, SURELY_TOGETHER = 3.5, 5.0
LEAST_SHARED = 8
# A correlation of fewer ratings says nothing.
LEAST_RATINGS = 5
# Before this, a forecast would be a guess in the dress of a number.
LEAST_DAYS = 3
LEAST_DONE = 10
N_FUTURES = 1000
HORIZON = 366


@dataclass(frozen=True, eq=False)
class Severity:
    """Leniency of each panelist in rubric points, above 0 for the generous; every array (n_panelists,).

    low, high: the 5-95 % interval; NaN for who rated nothing.
    """

    mean: Floats
    low: Floats
    high: Floats


def severity(fit: CrossedFit | RobustFit) -> Severity:
    """Posterior of each panelist's effect: exact at the crossed model's variances, or from the robust model's draws."""
    if isinstance(fit, RobustFit):
        return Severity(fit.leniency, fit.leniency_low, fit.leniency_high)
    solution = fit.posterior
    with threadpool_limits(limits=1, user_api="blas"):
        root = solve_triangular(solution.factor, np.diag(solution.scale), lower=True)
    deviation = np.sqrt(fit.residual_variance * np.sum(root**2, axis=0))[1:]
    rated = np.diff(sp.csc_array(solution.cross_counts).indptr)[1:] > 0
    reach = np.where(rated, float(ndtri(0.95)) * deviation, np.nan)
    return Severity(fit.panelist_effect, fit.panelist_effect - reach, fit.panelist_effect + reach)


def effects_without(
    *, question: Ints, panelist: Ints, rating: Floats, n_questions: int, n_panelists: int, fit: CrossedFit
) -> Floats:
    """Question effects when each panelist is left out, at the fitted variances, shape (n_panelists, n_questions).

    fit: the crossed fit of the same ratings. A question that nobody else rated has effect 0.
    """
    ratios = fit.posterior.question_ratio, float(fit.posterior.scale[1:].max(initial=0.0)) ** 2
    effects = np.empty((n_panelists, n_questions))
    with threadpool_limits(limits=1, user_api="blas"):
        for left_out in range(n_panelists):
            kept = panelist != left_out
            centred = rating[kept] - rating.mean()
            design = build_design(question[kept], panelist[kept], centred, n_questions, n_panelists)
            solution = solve(design, *ratios)
            effects[left_out] = solution.question_ratio * solution.question_residual
    return effects


@dataclass(frozen=True, eq=False)
class Steps:
    """How each panelist follows the others. correlation: NaN where too few ratings tell; is_out_of_step: bool."""

    correlation: Floats
    is_out_of_step: np.ndarray


def leave_one_out_correlation(
    *, question: Ints, panelist: Ints, rating: Floats, effects: Floats, least_ratings: int = LEAST_RATINGS
) -> Steps:
    """Correlation of each panelist's ratings with the values that all others give the same questions.

    question, panelist: int, rating: float, shape (n_ratings,). effects: of ``effects_without``, shape (n_panelists,
    n_questions). Out of step: below the median by more than three scaled median deviations.
    Source: METHODS.md 1h.
    """
    correlation = np.full(len(effects), np.nan)
    others = np.bincount(question, minlength=effects.shape[1])
    for member in np.unique(panelist):
        rows = np.flatnonzero((panelist == member) & (others[question] > 1))
        own, theirs = rating[rows], effects[member, question[rows]]
        if len(rows) >= least_ratings and np.ptp(own) > 0 and np.ptp(theirs) > 0:
            correlation[member] = np.corrcoef(own, theirs)[0, 1]
    known = correlation[np.isfinite(correlation)]
    middle = np.median(known) if known.size else np.nan
    deviation = MAD_SCALE * np.median(np.abs(known - middle)) if known.size else np.nan
    return Steps(correlation, correlation < middle - OUT_OF_STEP * deviation)


def influence(*, effects: Floats, question_effect: Floats, group: Ints, k: Ints) -> Ints:
    """How many questions enter or leave the first k of their group without each panelist, shape (n_panelists,).

    effects: of ``effects_without``. question_effect: of all ratings. group, k: as ``top_k_probability`` takes them.
    """
    everyone = _top_sets(question_effect, group, k)
    return np.array([np.count_nonzero(everyone != _top_sets(row, group, k)) for row in effects], dtype=np.int64)


def _top_sets(effect: Floats, group: Ints, k: Ints) -> np.ndarray:
    """Whether each question is among the first k of its group; equal effects stand in the order of their index."""
    order = tie_order(effect, np.arange(len(effect)))
    is_top = np.zeros(len(effect), dtype=bool)
    for label in np.unique(group):
        is_top[order[group[order] == label][: int(k[label])]] = True
    return is_top


@dataclass(frozen=True, eq=False)
class CoDeviation:
    """Pairs of panelists with enough shared questions, most conspicuous first; first < second.

    correlation: of what is left of their ratings once question and severity are taken out. z: atanh(correlation) *
    sqrt(n_shared - 3), minus the median over all pairs.
    """

    first: Ints
    second: Ints
    n_shared: Ints
    correlation: Floats
    z: Floats

    def alarms(self, above: float = DEVIATES_TOGETHER) -> Ints:
        """Panelists in some pair with z above the line. It opens a human case; it never removes a rating."""
        loud = self.z > above
        return np.union1d(self.first[loud], self.second[loud])


def co_deviation(
    *, question: Ints, panelist: Ints, rating: Floats, fit: CrossedFit, least_shared: int = LEAST_SHARED
) -> CoDeviation:
    """Who deviates from the panel together on shared questions.

    question, panelist: int, rating: float, shape (n_ratings,). least_shared: pairs with fewer in common are left out.
    fit: the crossed fit of the same ratings, one for each panelist and question.
    Source: METHODS.md 1h (five).
    """
    left = rating - fit.mean - fit.question_effect[question] - fit.panelist_effect[panelist]
    shape = (len(fit.panelist_effect), len(fit.question_effect))
    table = sp.csr_array((left, (panelist, question)), shape=shape)
    mask = sp.csr_array((np.ones(len(left)), (panelist, question)), shape=shape)
    shared = (mask @ mask.T).toarray()
    sums = (table @ mask.T).toarray()
    squares = (table.multiply(table) @ mask.T).toarray()
    first, second = np.nonzero(np.triu(shared >= max(least_shared, 4), 1))
    n = shared[first, second]
    one, other = sums[first, second], sums[second, first]
    product = (table @ table.T).toarray()[first, second] - one * other / n
    spread = (squares[first, second] - one**2 / n) * (squares[second, first] - other**2 / n)
    correlation = np.divide(product, np.sqrt(np.maximum(spread, 0)), out=np.zeros(len(n)), where=spread > 1e-18)
    z = np.arctanh(np.clip(correlation, -0.999, 0.999)) * np.sqrt(n - 3)
    z -= np.median(z) if z.size else 0.0
    order = np.lexsort((second, first, -z))
    return CoDeviation(first[order], second[order], n[order].astype(np.int64), correlation[order], z[order])


@dataclass(frozen=True)
class Forecast:
    """Days from now until all is done: early, likely, late (5, 50, 95 % of the futures).

    None where it takes more than a year; ``is_too_early`` where the past says too little, and then all are None.
    """

    early: int | None
    likely: int | None
    late: int | None
    is_too_early: bool = False


def forecast(*, done_per_day: Sequence[int], n_left: int, seed: int) -> Forecast:
    """Draw future days from the past ones, and count until nothing is left.

    done_per_day: whole days so far, oldest first, days without work among them. Each future also draws which past
    it learns from (a bootstrap of the days), so that few days give a wide range; and each day's work is Poisson.
    Same input and seed, same days.
    """
    if n_left <= 0:
        return Forecast(0, 0, 0)
    past = np.asarray(done_per_day)
    if len(past) < LEAST_DAYS or past.sum() < LEAST_DONE:
        return Forecast(None, None, None, is_too_early=True)
    random = np.random.default_rng(seed)
    learnt = random.choice(past, size=(N_FUTURES, len(past)))
    days = np.take_along_axis(learnt, random.integers(len(past), size=(N_FUTURES, HORIZON)), axis=1)
    done = np.cumsum(random.poisson(days), axis=1)
    needed = 1 + np.count_nonzero(done < n_left, axis=1)
    quantiles = np.quantile(needed, [0.05, 0.5, 0.95], method="inverted_cdf")
    return Forecast(*(int(days) if days <= HORIZON else None for days in quantiles))
