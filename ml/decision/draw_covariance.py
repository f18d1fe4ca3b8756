"""The covariance of many values from a few thousand joint draws of them, without the noise of counting draws.

The values of questions hang together through a few common causes (who rated them, how severe those are), here and
there by pairs, and vary each by itself otherwise. So those principal components are kept that stand out of what
independent values would show by chance, and of what they leave only the correlations that do.

Source: Fan, Liao & Mincheva (2013), Large covariance estimation by thresholding principal orthogonal complements,
J. R. Statist. Soc. B 75(4).
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError, cholesky, eigh

from ml.decision.crossed_model import Floats, Ints

MOST_COMPONENTS = 50
# At least this share of a value's variance is its own: covariances stay invertible.
SMALLEST_OWN_SHARE = 0.01


@dataclass(frozen=True, eq=False)
class DrawCovariance:
    """Spread of each value, shape (n_values,), and in units of it what components explain and what they leave.

    loading: shape (n_values, n_components). left: shape (n_values, n_draws). least: the smallest correlation of what
    is left that chance does not explain.
    """

    spread: Floats
    loading: Floats
    left: Floats
    least: float

    def between(self, rows: Ints, columns: Ints) -> Floats:
        """Covariances of some values with others, none of which are among the former."""
        return self._scaled(rows, columns, self.loading[rows] @ self.loading[columns].T + self._left(rows, columns))

    def within(self, items: Ints) -> Floats:
        """Positive definite covariance matrix of some values."""
        common = self.loading[items] @ self.loading[items].T
        left = self._left(items, items)
        own = np.diag(np.maximum(np.diag(left), SMALLEST_OWN_SHARE))
        pairs = left - np.diag(np.diag(left))
        while not _is_positive(common + own + pairs):
            pairs = pairs / 2.0
        return self._scaled(items, items, common + own + pairs)

    def _left(self, rows: Ints, columns: Ints) -> Floats:
        covariance = self.left[rows] @ self.left[columns].T / self.left.shape[1]
        own = np.sqrt((self.left**2).mean(axis=1))
        return np.where(np.abs(covariance) >= self.least * np.outer(own[rows], own[columns]), covariance, 0.0)

    def _scaled(self, rows: Ints, columns: Ints, covariance: Floats) -> Floats:
        return covariance * np.outer(self.spread[rows], self.spread[columns])


def draw_covariance(draws: Floats) -> DrawCovariance:
    """Covariance of values of which there are draws, shape (n_values, n_draws)."""
    spread = draws.std(axis=1)
    standard = draws - draws.mean(axis=1, keepdims=True)
    standard /= np.where(spread > 0, spread, 1.0)[:, None]
    n, n_draws = standard.shape
    size = min(n, n_draws)
    gram = (standard @ standard.T if n <= n_draws else standard.T @ standard) / n_draws
    values, vectors = eigh(gram, subset_by_index=[max(size - MOST_COMPONENTS, 0), size - 1])
    # The largest eigenvalue of independent values (Marchenko and Pastur).
    kept = values > (1.0 + np.sqrt(n / n_draws)) ** 2
    values, vectors = values[kept], vectors[:, kept]
    if n > n_draws:
        vectors = standard @ vectors / np.sqrt(n_draws * values)
    left = standard - vectors @ (vectors.T @ standard)
    return DrawCovariance(spread, vectors * np.sqrt(values), left, 2.0 * float(np.sqrt(np.log(max(n, 2)) / n_draws)))


def _is_positive(matrix: Floats) -> bool:
    try:
        cholesky(matrix, lower=True)
    except LinAlgError:
        return False
    return True
