"""The covariance of many values from a few thousand joint draws of them, without the noise of counting draws.

The values of questions hang together through a few common causes (who rated them, how severe those are), and vary
each by itself otherwise: a factor model. Of the sample's factors those are kept that stand out of what independent
values would show by chance, each shrunk to what it is without that chance.

Source: Donoho, Gavish & Johnstone (2018), Optimal shrinkage of eigenvalues in the spiked covariance model, Ann.
Statist. 46(4), section 3.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh

from ml.decision.crossed_model import Floats, Ints

MOST_FACTORS = 50
# At least this share of a value's variance is its own: covariances stay invertible.
SMALLEST_OWN_SHARE = 0.02


@dataclass(frozen=True, eq=False)
class DrawCovariance:
    """Covariance of all values: spread and own parts have shape (n_questions,), loadings (n_questions, n_factors)."""

    spread: Floats
    loading: Floats
    own_share: Floats

    def between(self, rows: Ints, columns: Ints) -> Floats:
        """Covariances of some values with some others."""
        left = self.loading[rows] * self.spread[rows, None]
        right = self.loading[columns] * self.spread[columns, None]
        own = self.own_share[rows] * self.spread[rows] ** 2
        return left @ right.T + own[:, None] * (rows[:, None] == columns)


def draw_covariance(draws: Floats) -> DrawCovariance:
    """Fit the factor model to draws of shape (n_questions, n_draws)."""
    spread = draws.std(axis=1)
    standard = draws - draws.mean(axis=1, keepdims=True)
    standard /= np.where(spread > 0, spread, 1.0)[:, None]
    n, n_draws = standard.shape
    size = min(n, n_draws)
    gram = (standard @ standard.T if n <= n_draws else standard.T @ standard) / n_draws
    values, vectors = eigh(gram, subset_by_index=[max(size - MOST_FACTORS, 0), size - 1])
    by_chance = (1.0 + np.sqrt(n / n_draws)) ** 2
    kept = values > by_chance
    values, vectors = values[kept], vectors[:, kept]
    if n > n_draws:
        vectors = standard @ vectors / np.sqrt(n_draws * values)
    off = values + 1.0 - n / n_draws
    spike = (off + np.sqrt(off**2 - 4.0 * values)) / 2.0
    loading = vectors * np.sqrt(spike - 1.0)
    common = (loading**2).sum(axis=1, keepdims=True)
    loading *= np.sqrt(np.minimum(1.0, (1.0 - SMALLEST_OWN_SHARE) / np.maximum(common, SMALLEST_OWN_SHARE)))
    return DrawCovariance(spread, loading, 1.0 - (loading**2).sum(axis=1))
