"""Comparisons of two questions: Bradley and Terry's model, with the rubric's posterior as its prior or alone.

Source: METHODS.md 1d; Bradley & Terry (1952), Rank analysis of incomplete block designs, Biometrika 39.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from threadpoolctl import threadpool_limits

from ml.decision.choices import Choices, LikelihoodFit, fit_choices, maximize_likelihood
from ml.decision.crossed_model import Floats, Ints


@dataclass(frozen=True, eq=False)
class Comparisons:
    """What panelists said of pairs.

    first, second: int, shape (n_comparisons,); the two questions. share: float, shape (n_comparisons,); what the
    first was given: 1 if it matters more, 0 if the second does, 0.5 for "about equal".
    """

    first: Ints
    second: Ints
    share: Floats

    def __post_init__(self) -> None:
        if not (len(self.first) == len(self.second) == len(self.share)):
            raise ValueError("first, second and share must have one length.")
        if (np.asarray(self.first) == np.asarray(self.second)).any():
            raise ValueError("A question cannot be compared with itself.")
        if not ((np.asarray(self.share) >= 0) & (np.asarray(self.share) <= 1)).all():
            raise ValueError("Every share must lie between 0 and 1.")


@dataclass(frozen=True, eq=False)
class PairFit:
    """Posterior of the values given the comparisons, on the prior's scale.

    value: float, shape (n_items,). covariance: float, shape (n_items, n_items). kappa: logits per unit of the scale.
    """

    value: Floats
    covariance: Floats
    kappa: float


def fit_comparisons(
    *,
    first: Ints,
    second: Ints,
    share: Floats,
    prior_mean: Floats,
    prior_covariance: Floats,
    scale: float | None = None,
) -> PairFit:
    """P(first over second) = 1 / (1 + exp(-kappa (value of first - value of second))), under a Gaussian prior.

    first, second, share: as ``Comparisons``; "about equal" counts as half a win each.
    prior_mean: shape (n_items,). prior_covariance: shape (n_items, n_items), positive definite.
    scale: kappa if it is known (1 with ``choices.lone_prior``), else the likeliest on a grid from 0.4 to 6.
    Raises: ValueError on comparisons that make no sense; numpy.linalg.LinAlgError on a covariance that is not
    positive definite.
    Source: METHODS.md 1d.
    """
    choices = comparison_choices(Comparisons(first, second, share), len(prior_mean))
    # Several BLAS threads would add in another order, and the last bits of the result would change.
    with threadpool_limits(limits=1, user_api="blas"):
        fit = fit_choices(choices, mean=prior_mean, covariance=prior_covariance, kappa=scale)
    return PairFit(fit.value, fit.covariance, fit.kappa)


def fit_bradley_terry(comparisons: Comparisons, *, n_items: int, reference: int) -> LikelihoodFit:
    """Maximum likelihood without any prior: value in logits above the reference question, and log-likelihood.

    Raises: ValueError where the comparisons fall apart or some questions won all of theirs against the others.
    """
    with threadpool_limits(limits=1, user_api="blas"):
        return maximize_likelihood(comparison_choices(comparisons, n_items), reference=reference)


def comparison_choices(comparisons: Comparisons, n_items: int) -> Choices:
    """Each comparison as a choice from a set of two."""
    first, second = np.asarray(comparisons.first, dtype=np.int64), np.asarray(comparisons.second, dtype=np.int64)
    share = np.asarray(comparisons.share, dtype=float)
    items = np.concatenate([first, second])
    if items.min(initial=0) < 0 or items.max(initial=-1) >= n_items:
        raise ValueError(f"A question index is outside 0 .. {n_items - 1}.")
    n = len(share)
    pairs = np.column_stack([first, second]).ravel()
    members = sp.csr_array((np.ones(2 * n), pairs, np.arange(0, 2 * n + 1, 2)), shape=(n, n_items))
    credit = np.bincount(first, share, n_items) + np.bincount(second, 1.0 - share, n_items)
    won, lost = share > 0, share < 1
    return Choices(
        credit=credit,
        members=members,
        weight=np.ones(n),
        better=np.concatenate([first[won], second[lost]]),
        worse=np.concatenate([second[won], first[lost]]),
    )
