"""The sweeps of the robust model's Gibbs sampler: the chains side by side, as columns of every array.

Sources: Geweke (1993), Bayesian treatment of the independent Student-t linear model, J. Appl. Econometrics 8; for the
common shifts, Liu & Sabatti (2000), Generalised Gibbs sampler, Biometrika 87.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.special import log_ndtr, ndtri_exp

from ml.decision.crossed_model import Floats, Ints, build_design, ratio_bounds
from ml.decision.scoring import CrossedFit

N_CHAINS = 2
DEGREES_OF_FREEDOM = 4.0
# How much panelists stretch or squeeze the rubric, as a standard deviation around 1.
SCALE_SPREAD = 0.3
# The prior of a panelist's noise weighs as much as this many ratings.
NOISE_PRIOR_RATINGS = 6.0
# The prior of both variances weighs as much as this many effects, and lies at M0's estimate, but not below this
# share of the variance of all ratings.
VARIANCE_PRIOR_EFFECTS = 2.0
SMALLEST_VARIANCE_SHARE = 0.02


@dataclass(frozen=True, eq=False)
class Priors:
    """What does not change while sampling."""

    noise: float
    question_variance: float
    panelist_variance: float
    is_question_variance_assumed: bool
    # False if the design cannot show how panelists differ: then leniency is 0 and scale 1.
    has_leniency: bool


@dataclass(frozen=True, eq=False)
class Rows:
    """The ratings: ``by_question @ values`` and ``by_panelist @ values`` add up what stands in their rows."""

    question: Ints
    panelist: Ints
    rating: Floats  # (n_ratings, 1)
    by_question: sp.csr_array  # (n_questions, n_ratings)
    by_panelist: sp.csr_array  # (n_panelists, n_ratings)


@dataclass(eq=False)
class Chains:
    """The present state of every chain; the last axis is the chain."""

    mean: Floats  # (1, n_chains)
    effect: Floats  # (n_questions, n_chains)
    value: Floats  # what the panel would say on average, were all its members to rate the question
    value_mean: Floats  # the same at the conditional means: it averages to the posterior mean with less noise
    leniency: Floats  # (n_panelists, n_chains)
    scale: Floats
    noise_variance: Floats
    weight: Floats  # (n_ratings, n_chains)
    question_variance: Floats  # (1, n_chains)
    panelist_variance: Floats


def rows_of(question: Ints, panelist: Ints, rating: Floats, n_questions: int, n_panelists: int) -> Rows:
    """The ratings with the sums over them that every sweep takes; question, panelist, rating: shape (n_ratings,)."""
    each, ones = np.arange(len(rating)), np.ones(len(rating))
    return Rows(
        question=question,
        panelist=panelist,
        rating=rating[:, None],
        by_question=sp.csr_array((ones, (question, each)), shape=(n_questions, len(rating))),
        by_panelist=sp.csr_array((ones, (panelist, each)), shape=(n_panelists, len(rating))),
    )


def priors_of(rows: Rows, start: CrossedFit) -> Priors:
    """Priors at the crossed fit's estimates, and at what the design leaves open."""
    smallest = SMALLEST_VARIANCE_SHARE * float(np.var(rows.rating))
    n_questions, n_panelists = len(start.question_effect), rows.by_panelist.shape[0]
    design = build_design(rows.question, rows.panelist, rows.rating[:, 0], n_questions, n_panelists)
    _, panelist_bounds = ratio_bounds(design)
    is_assumed = "question" in start.assumed
    return Priors(
        noise=start.residual_variance,
        question_variance=start.question_variance if is_assumed else max(start.question_variance, smallest),
        panelist_variance=max(start.panelist_variance, smallest),
        is_question_variance_assumed=is_assumed,
        has_leniency=panelist_bounds[1] > 0,
    )


def first_state(rows: Rows, priors: Priors, start: CrossedFit, leniency: Floats) -> Chains:
    """All chains at the crossed fit. leniency: float, shape (n_panelists,)."""

    def every(values: Floats | float) -> Floats:
        return np.tile(np.reshape(values, (-1, 1)), N_CHAINS).astype(float)

    return Chains(
        mean=every(start.mean),
        effect=every(start.question_effect),
        value=every(start.mean + start.question_effect),
        value_mean=every(start.mean + start.question_effect),
        leniency=every(leniency),
        scale=np.ones((len(leniency), N_CHAINS)),
        noise_variance=np.full((len(leniency), N_CHAINS), start.residual_variance),
        weight=np.ones((len(rows.rating), N_CHAINS)),
        question_variance=every(priors.question_variance),
        panelist_variance=every(priors.panelist_variance),
    )


def sweep_once(chains: Chains, rows: Rows, priors: Priors, random: np.random.Generator) -> None:
    """One draw of everything, each part from its distribution given all the others."""
    precision = chains.weight / chains.noise_variance[rows.panelist]
    _draw_effects(chains, rows, precision, random)
    effect = chains.effect[rows.question]
    if priors.has_leniency:
        _draw_leniency(chains, rows, precision, effect, random)
        _draw_scale(chains, rows, precision, effect, random)
    else:
        left = rows.rating - effect
        total = precision.sum(axis=0, keepdims=True)
        centre = (precision * left).sum(axis=0, keepdims=True) / total
        chains.mean = centre + random.standard_normal((1, N_CHAINS)) / np.sqrt(total)
    _shift_together(chains, priors, random)
    _draw_noise(chains, rows, priors, random)
    _draw_variances(chains, priors, random)


def _draw_effects(chains: Chains, rows: Rows, precision: Floats, random: np.random.Generator) -> None:
    scale = chains.scale[rows.panelist]
    scaled = precision * scale
    left = rows.rating - chains.mean - chains.leniency[rows.panelist]
    total = rows.by_question @ (scaled * scale) + 1.0 / chains.question_variance
    centre = rows.by_question @ (scaled * left) / total
    chains.effect = centre + random.standard_normal(total.shape) / np.sqrt(total)
    of_panel = chains.mean + chains.leniency.mean(axis=0, keepdims=True)
    stretch = chains.scale.mean(axis=0, keepdims=True)
    chains.value = of_panel + stretch * chains.effect
    chains.value_mean = of_panel + stretch * centre


def _draw_leniency(chains: Chains, rows: Rows, precision: Floats, effect: Floats, random: np.random.Generator) -> None:
    left = rows.rating - chains.mean - chains.scale[rows.panelist] * effect
    total = rows.by_panelist @ precision + 1.0 / chains.panelist_variance
    centre = rows.by_panelist @ (precision * left) / total
    chains.leniency = centre + random.standard_normal(total.shape) / np.sqrt(total)


def _draw_scale(chains: Chains, rows: Rows, precision: Floats, effect: Floats, random: np.random.Generator) -> None:
    """A normal cut off at 0, drawn by inverting its distribution function on the side where it has its digits."""
    left = rows.rating - chains.mean - chains.leniency[rows.panelist]
    weighted = precision * effect
    total = rows.by_panelist @ (weighted * effect) + SCALE_SPREAD**-2
    centre = (rows.by_panelist @ (weighted * left) + SCALE_SPREAD**-2) / total
    spread = 1.0 / np.sqrt(total)
    uniform = 1.0 - random.random(total.shape)
    chains.scale = centre - spread * ndtri_exp(np.log(uniform) + log_ndtr(centre / spread))


def _shift_together(chains: Chains, priors: Priors, random: np.random.Generator) -> None:
    """Move what explains each other by a common amount, which no rating can feel: chains mix faster."""
    noise = random.standard_normal((2, 1, N_CHAINS))
    precision = len(chains.effect) / chains.question_variance
    pull = -chains.effect.sum(axis=0, keepdims=True) / chains.question_variance
    if not priors.has_leniency:
        shift = pull / precision + noise[0] / np.sqrt(precision)
        chains.effect = chains.effect + shift
        chains.mean = chains.mean - shift
        return
    precision = precision + (chains.scale**2).sum(axis=0, keepdims=True) / chains.panelist_variance
    pull = pull + (chains.scale * chains.leniency).sum(axis=0, keepdims=True) / chains.panelist_variance
    shift = pull / precision + noise[0] / np.sqrt(precision)
    chains.effect = chains.effect + shift
    chains.leniency = chains.leniency - chains.scale * shift
    centre = chains.leniency.mean(axis=0, keepdims=True)
    shift = centre + noise[1] * np.sqrt(chains.panelist_variance / len(chains.leniency))
    chains.leniency = chains.leniency - shift
    chains.mean = chains.mean + shift


def _draw_noise(chains: Chains, rows: Rows, priors: Priors, random: np.random.Generator) -> None:
    expected = chains.leniency[rows.panelist] + chains.scale[rows.panelist] * chains.effect[rows.question]
    squares = (rows.rating - chains.mean - expected) ** 2
    total = NOISE_PRIOR_RATINGS * priors.noise + rows.by_panelist @ (chains.weight * squares)
    n_ratings = np.diff(rows.by_panelist.indptr)[:, None]
    chains.noise_variance = total / random.chisquare(NOISE_PRIOR_RATINGS + n_ratings, total.shape)
    rate = (DEGREES_OF_FREEDOM + squares / chains.noise_variance[rows.panelist]) / 2.0
    chains.weight = random.standard_gamma((DEGREES_OF_FREEDOM + 1.0) / 2.0, squares.shape) / rate


def _draw_variances(chains: Chains, priors: Priors, random: np.random.Generator) -> None:
    if not priors.is_question_variance_assumed:
        chains.question_variance = _variance(chains.effect, priors.question_variance, random)
    if priors.has_leniency:
        chains.panelist_variance = _variance(chains.leniency, priors.panelist_variance, random)


def _variance(effects: Floats, expected: float, random: np.random.Generator) -> Floats:
    squares = (effects**2).sum(axis=0, keepdims=True) + VARIANCE_PRIOR_EFFECTS * expected
    return squares / random.chisquare(VARIANCE_PRIOR_EFFECTS + len(effects), (1, N_CHAINS))
