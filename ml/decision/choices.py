"""The likelihood of choices: one question taken from several, as comparisons and ranked ballots are made of.

The chance to take question i from a set is exp(v_i) over the sum of exp(v_j) in the set (Luce). A comparison is a
choice from two (Bradley and Terry), a ballot a choice of its first from all, of its second from the rest, and so on
(Plackett). So the log-likelihood of any of them is a sum of credits times values minus weighted log-sums over sets,
concave in the values.

Source: Hunter (2004), MM algorithms for generalized Bradley-Terry models, Ann. Statist. 32(1).
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.linalg import cho_factor, cho_solve
from scipy.linalg.lapack import dpotri
from scipy.sparse.csgraph import connected_components

from ml.decision.crossed_model import Floats, Ints

# A spread of the values, on the logit scale, for choices that come without ratings (METHODS.md 1d).
LONE_SPREAD = 1.5
# Logits per rubric point that are tried (METHODS.md 1d).
KAPPAS = np.geomspace(0.4, 6.0, 10)
FIRST_KAPPA = 3
# After so small a step of Newton's the next would be of the order of its square.
SMALLEST_STEP = 1e-6
MOST_STEPS = 100


@dataclass(frozen=True, eq=False)
class Choices:
    """Choices between questions 0 .. n_items - 1.

    credit: float, shape (n_items,); what a question was given in all. members: one row per set with ones at its
    questions. weight: float, shape (n_sets,). better, worse: int, shape (n_pairs,); who was put above whom, a tie
    both ways.
    """

    credit: Floats
    members: sp.csr_array
    weight: Floats
    better: Ints
    worse: Ints

    @property
    def n_items(self) -> int:
        return len(self.credit)

    @property
    def chosen_from(self) -> Ints:
        """The questions that stand in some set, in order."""
        return np.unique(self.members.indices).astype(np.int64)

    def among(self, chosen: Ints) -> "Choices":
        """The same choices with only these questions, numbered anew; they must be all that stand in some set."""
        return Choices(
            credit=self.credit[chosen],
            members=self.members[:, chosen],
            weight=self.weight,
            better=np.searchsorted(chosen, self.better),
            worse=np.searchsorted(chosen, self.worse),
        )


@dataclass(frozen=True, eq=False)
class LikelihoodFit:
    """Maximum likelihood: value on the logit scale, shape (n_items,), 0 for the reference question."""

    value: Floats
    log_likelihood: float


@dataclass(frozen=True, eq=False)
class ChoiceFit:
    """Posterior mode of the values and its Laplace covariance, on the prior's scale; kappa: logits per unit."""

    value: Floats
    covariance: Floats
    kappa: float
    log_evidence: float


@dataclass(frozen=True, eq=False)
class _Mode:
    value: Floats
    factor: Floats
    log_evidence: float


def join_choices(parts: list[Choices]) -> Choices:
    """All choices of several sources about the same questions."""
    return Choices(
        credit=np.sum([part.credit for part in parts], axis=0),
        members=sp.csr_array(sp.vstack([part.members for part in parts])),
        weight=np.concatenate([part.weight for part in parts]),
        better=np.concatenate([part.better for part in parts]),
        worse=np.concatenate([part.worse for part in parts]),
    )


def log_likelihood(choices: Choices, value: Floats) -> float:
    """Log-likelihood at values on the logit scale, shape (n_items,)."""
    _, log_sum = _chances(choices, value)
    return float(choices.credit @ value - choices.weight @ log_sum)


def gradient(choices: Choices, value: Floats) -> Floats:
    """Derivatives of the log-likelihood, shape (n_items,)."""
    chance, _ = _chances(choices, value)
    return choices.credit - chance.T @ choices.weight


def information(choices: Choices, value: Floats) -> Floats:
    """Minus the second derivatives of the log-likelihood, shape (n_items, n_items)."""
    chance, _ = _chances(choices, value)
    weighted = chance.multiply(choices.weight[:, None])
    result = -(chance.T @ weighted).toarray()
    np.fill_diagonal(result, result.diagonal() + chance.T @ choices.weight)
    return result


def connected_parts(choices: Choices) -> Ints:
    """Part of each question, shape (n_items,); questions of different parts were never put beside one another."""
    return connected_components(_above(choices), directed=False)[1]


def has_maximum(choices: Choices) -> bool:
    """Whether every question was put, through others, above every other one (Ford 1957): else some value is endless."""
    return connected_components(_above(choices), directed=True, connection="strong")[0] == 1


def maximize_likelihood(choices: Choices, *, reference: int) -> LikelihoodFit:
    """Values of greatest likelihood, with the reference question at 0.

    Raises: ValueError where the choices fall apart, or put some questions always above all others: then no finite
    values are the likeliest.
    """
    if len(np.unique(connected_parts(choices))) > 1:
        raise ValueError("The choices fall apart into questions that were never put beside one another.")
    if not has_maximum(choices):
        raise ValueError("Some questions were always put above all others: no finite values are the likeliest.")
    free = np.arange(choices.n_items) != reference
    value = np.zeros(choices.n_items)
    for _ in range(MOST_STEPS):
        step = np.zeros(choices.n_items)
        factor = cho_factor(information(choices, value)[np.ix_(free, free)], lower=True)
        step[free] = cho_solve(factor, gradient(choices, value)[free])
        # Newton may overshoot far from the top; half a step is always uphill somewhere.
        value = value + _uphill(lambda at: log_likelihood(choices, at), value, step)
        if np.abs(step).max(initial=0.0) < SMALLEST_STEP:
            break
    return LikelihoodFit(value, log_likelihood(choices, value))


def lone_prior(n_items: int) -> tuple[Floats, Floats]:
    """Mean and covariance, on the logit scale, where nothing is known but the choices; kappa is then 1."""
    return np.zeros(n_items), LONE_SPREAD**2 * np.eye(n_items)


def fit_choices(choices: Choices, *, mean: Floats, covariance: Floats, kappa: float | None) -> ChoiceFit:
    """Posterior mode and Laplace covariance under a Gaussian prior of the values.

    mean: shape (n_items,). covariance: shape (n_items, n_items), positive definite. kappa: logits per unit of the
    prior's scale, or None for the one of ``KAPPAS`` with the greatest Laplace evidence.
    Raises: numpy.linalg.LinAlgError on a covariance that is not positive definite.
    Source: METHODS.md 1d; Rasmussen & Williams (2006), Gaussian processes for machine learning, section 3.4.
    """
    precision = _inverse(cho_factor(covariance, lower=True)[0])
    if kappa is None:
        kappa, mode = _likeliest_kappa(choices, mean, precision)
    else:
        mode = _mode(choices, mean, precision, kappa, mean)
    return ChoiceFit(mode.value, _inverse(mode.factor), float(kappa), mode.log_evidence)


def _likeliest_kappa(choices: Choices, mean: Floats, precision: Floats) -> tuple[float, _Mode]:
    """Climb along the grid: the evidence has one top, and each mode starts the search for its neighbour's."""
    best = FIRST_KAPPA
    modes = {best: _mode(choices, mean, precision, KAPPAS[best], mean)}
    for direction in (1, -1):
        while 0 <= best + direction < len(KAPPAS):
            neighbour = best + direction
            if neighbour not in modes:
                modes[neighbour] = _mode(choices, mean, precision, KAPPAS[neighbour], modes[best].value)
            if modes[neighbour].log_evidence <= modes[best].log_evidence:
                break
            best = neighbour
    return KAPPAS[best], modes[best]


def _mode(choices: Choices, mean: Floats, precision: Floats, kappa: float, start: Floats) -> _Mode:
    def log_posterior(value: Floats) -> float:
        off = value - mean
        return log_likelihood(choices, kappa * value) - float(off @ precision @ off) / 2.0

    value = start
    for _ in range(MOST_STEPS):
        slope = kappa * gradient(choices, kappa * value) - precision @ (value - mean)
        factor, _ = cho_factor(kappa**2 * information(choices, kappa * value) + precision, lower=True)
        step = cho_solve((factor, True), slope)
        value = value + _uphill(log_posterior, value, step)
        if np.abs(step).max() < SMALLEST_STEP:
            break
    log_determinant = 2.0 * float(np.log(np.diag(factor)).sum())
    return _Mode(value, factor, log_posterior(value) - log_determinant / 2.0)


def _inverse(factor: Floats) -> Floats:
    """Inverse of the matrix with this lower Cholesky factor, a third of the work of solving for every column."""
    lower, _ = dpotri(factor, lower=True)
    return np.tril(lower) + np.tril(lower, -1).T


def _uphill(objective, value: Floats, step: Floats) -> Floats:
    """The step, halved until it does not lead down."""
    height = objective(value)
    while objective(value + step) < height - 1e-9 * (1.0 + abs(height)):
        step = step / 2.0
    return step


def _chances(choices: Choices, value: Floats) -> tuple[sp.csr_array, Floats]:
    """Chance of each member to be taken from its set, and the log-sum of each set."""
    if len(choices.weight) == 0:
        return choices.members, np.zeros(0)
    members = choices.members
    entries = value[members.indices]
    highest = np.maximum.reduceat(entries, members.indptr[:-1])
    sizes = np.diff(members.indptr)
    lifted = np.exp(entries - np.repeat(highest, sizes))
    total = np.add.reduceat(lifted, members.indptr[:-1])
    chance = sp.csr_array((lifted / np.repeat(total, sizes), members.indices, members.indptr), shape=members.shape)
    return chance, highest + np.log(total)


def _above(choices: Choices) -> sp.coo_array:
    shape = (choices.n_items, choices.n_items)
    return sp.coo_array((np.ones(len(choices.better)), (choices.better, choices.worse)), shape=shape)
