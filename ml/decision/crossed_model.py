"""Model M0: ratings as mean + question effect + panelist effect + noise, fitted by REML.

The noise variance and all question effects are eliminated in closed form. What is left to search are two
variance ratios, and one evaluation costs one Cholesky factor as large as the panel.

Source: Bates, Maechler, Bolker & Walker (2015), Fitting linear mixed-effects models using lme4, J. Stat.
Software 67(1), section 3, "Evaluating and profiling the deviance and REML criterion". As there, covariances
are relative to the noise, so that a variance of exactly zero is an ordinary point, not a division by zero.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Noise is held above this share of the variance of all ratings: without a floor, the likelihood of a panel in
# full agreement grows without end.
SMALLEST_NOISE = 1e-4
# Beyond any optimum, given the smallest noise; here the equations still have ten good digits.
LARGEST_RATIO = 1e6
# A variance below this share of the noise is none.
SMALLEST_RATIO = 1e-7
# The search starts from the best pair of these, because a round with hardly any noise can have two valleys.
FIRST_RATIOS = (0.0, 0.1, 1.0, 10.0, 1000.0)
# Change of the criterion per e-fold of a ratio that still counts as flat, in a round of up to so many ratings. The
# criterion is a sum over them, so the last digit of the search is worth more in a larger one.
STEEPEST_OPTIMUM = 1e-3
FEW_RATINGS = 10_000
# Published values are rounded to this many digits, and ratings that agree so far are equal.
DIGITS = 9
ROUNDING = 10.0**-DIGITS


@dataclass(frozen=True, eq=False)
class Design:
    """The ratings as sums. "Common" columns are the mean, then each panelist; ratings are centred."""

    n_ratings: int
    question_counts: Floats  # (n_questions,)
    common_counts: Floats  # (1 + n_panelists,)
    cross_counts: sp.csr_array  # (n_questions, 1 + n_panelists)
    question_sums: Floats  # (n_questions,)
    common_sums: Floats  # (1 + n_panelists,)
    square_sum: float


@dataclass(frozen=True, eq=False)
class Solution:
    """The posterior at given variance ratios, in units of the noise."""

    question_ratio: float
    cross_counts: sp.csr_array
    question_precision: Floats  # (n_questions,), relative to the prior's
    gram: Floats  # common columns against each other once question effects are eliminated
    scale: Floats  # relative standard deviation of each common effect; 1 for the mean, which has no prior
    factor: Floats  # lower Cholesky factor of the scaled system
    common_effect: Floats  # mean, then panelist effects
    question_residual: Floats  # sum of residuals of each question
    common_residual: Floats  # sum of residuals of each common column
    penalized_squares: float
    noise: float  # variance of the noise, in squared rubric points


def build_design(question: Ints, panelist: Ints, centred: Floats, n_questions: int, n_panelists: int) -> Design:
    """The sums that the fit needs of the ratings; question, panelist, centred: shape (n_ratings,)."""
    ones = np.ones(len(centred))
    shape = (n_questions, n_panelists)
    counts = sp.csr_array((ones, (question, panelist)), shape=shape)
    question_counts = np.bincount(question, minlength=n_questions).astype(float)
    panelist_counts = np.bincount(panelist, minlength=n_panelists).astype(float)
    panelist_sums = np.bincount(panelist, centred, n_panelists)
    return Design(
        n_ratings=len(centred),
        question_counts=question_counts,
        common_counts=np.concatenate(([len(centred)], panelist_counts)),
        cross_counts=sp.csr_array(sp.hstack([sp.csr_array(question_counts[:, None]), counts])),
        question_sums=np.bincount(question, centred, n_questions),
        common_sums=np.concatenate(([centred.sum()], panelist_sums)),
        square_sum=float(np.sum(centred**2)),
    )


def ratio_bounds(design: Design) -> list[tuple[float, float]]:
    """Search limits of the two variance ratios; equal limits where the ratings say nothing about one."""
    panelist_counts = design.common_counts[1:]
    n_rated = np.count_nonzero(design.question_counts)
    n_active = np.count_nonzero(panelist_counts)
    one_to_one = design.cross_counts[:, 1:].nnz == n_rated == n_active
    question = panelist = (0.0, LARGEST_RATIO)
    if n_rated < 2:
        question = (0.0, 0.0)
    elif design.question_counts.max() < 2:
        question = (1.0, 1.0)
    if n_active < 2 or panelist_counts.max() < 2 or one_to_one:
        panelist = (0.0, 0.0)
    return [question, panelist]


def search_ratios(design: Design, bounds: list[tuple[float, float]]) -> Floats:
    """Variances of questions and panelists, over the noise variance, at the minimum of the REML criterion.

    The search runs in log(1 + ratio): a scale on which 0 is a point, and 0.01 and 10,000 are not far away.
    Raises: RuntimeError should it not converge.
    """

    def criterion(logs: Floats) -> tuple[float, Floats]:
        solution = solve(design, *np.expm1(logs))
        slope = _gradient(design, solution) * np.exp(logs)
        # Per rating, so that the first step is of the order of one.
        return _criterion(design, solution) / design.n_ratings, slope / design.n_ratings

    log_bounds = [(np.log1p(low), np.log1p(high)) for low, high in bounds]
    grid = [np.unique(np.clip(FIRST_RATIOS, low, high)) for low, high in bounds]
    start = min(product(*grid), key=lambda ratios: _criterion(design, solve(design, *ratios)))
    # SLSQP: scipy's L-BFGS-B was seen to report convergence half-way down a slope.
    options = {"ftol": 1e-14, "maxiter": 500}
    logs = np.log1p(start)
    logs = minimize(criterion, logs, jac=True, method="SLSQP", bounds=log_bounds, options=options).x
    ratios = np.expm1(logs)
    ratios[ratios < SMALLEST_RATIO] = 0.0
    steepness = _gradient(design, solve(design, *ratios)) / max(1.0, design.n_ratings / FEW_RATINGS)
    _check_optimum(ratios, steepness, bounds)
    return ratios


def _check_optimum(ratios: Floats, gradient: Floats, bounds: list[tuple[float, float]]) -> None:
    """Raise RuntimeError where the criterion still falls, relative to a ratio's size or up from 0."""
    free = np.array([low < high for low, high in bounds])
    slope = np.where(ratios > 0, np.abs(ratios * gradient), np.maximum(-gradient, 0.0))
    if (slope[free] > STEEPEST_OPTIMUM).any():
        raise RuntimeError("The search for the variances did not converge.")


def solve(design: Design, question_ratio: float, panelist_ratio: float) -> Solution:
    """Penalized least squares at given ratios: eliminate the questions, solve for the rest."""
    precision = 1.0 + question_ratio * design.question_counts
    weighted = design.cross_counts.multiply((question_ratio / precision)[:, None])
    gram = np.diag(design.common_counts)
    gram[0, 1:] = gram[1:, 0] = design.common_counts[1:]
    gram -= (design.cross_counts.T @ weighted).toarray()
    sums = design.common_sums - weighted.T @ design.question_sums
    scale = np.full(len(gram), np.sqrt(panelist_ratio))
    scale[0] = 1.0
    system = gram * np.outer(scale, scale) + np.diag(np.arange(len(gram)) > 0)
    factor, _ = cho_factor(system, lower=True)
    common = scale * cho_solve((factor, True), scale * sums)
    unexplained = design.question_sums - design.cross_counts @ common
    eliminated = question_ratio * np.sum(design.question_sums**2 / precision)
    squares = float(design.square_sum - eliminated - common @ sums)
    return Solution(
        question_ratio=float(question_ratio),
        cross_counts=design.cross_counts,
        question_precision=precision,
        gram=gram,
        scale=scale,
        factor=np.tril(factor),
        common_effect=common,
        question_residual=unexplained / precision,
        common_residual=sums - gram @ common,
        penalized_squares=squares,
        noise=max(squares, SMALLEST_NOISE * design.square_sum) / max(design.n_ratings - 1, 1),
    )


def _criterion(design: Design, solution: Solution) -> float:
    """Minus twice the restricted log-likelihood at the likeliest noise, up to a constant."""
    log_determinant = np.log(solution.question_precision).sum() + 2 * np.log(np.diag(solution.factor)).sum()
    misfit = solution.penalized_squares / solution.noise
    return log_determinant + (design.n_ratings - 1) * np.log(solution.noise) + misfit


def _gradient(design: Design, solution: Solution) -> Floats:
    """Derivatives of the criterion: trace of the projected design minus the squares that it leaves."""
    inverse = cho_solve((solution.factor, True), np.diag(solution.scale)) * solution.scale[:, None]
    squared = design.cross_counts.multiply(solution.question_precision[:, None] ** -2.0)
    crossed = (design.cross_counts.T @ squared).toarray()
    question_trace = np.sum(design.question_counts / solution.question_precision) - np.sum(inverse * crossed)
    projected = np.diag(solution.gram) - np.sum((solution.gram @ inverse) * solution.gram, axis=1)
    question_squares = np.sum(solution.question_residual**2) / solution.noise
    panelist_squares = np.sum(solution.common_residual[1:] ** 2) / solution.noise
    return np.array([question_trace - question_squares, projected[1:].sum() - panelist_squares])
