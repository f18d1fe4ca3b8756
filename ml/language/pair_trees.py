"""Gradient boosted trees kept as plain numbers: the same answer in every process and version, without a pickle."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SEED = 20
N_TREES = 60
LEAVES = 8
LEAST_PAIRS_IN_A_LEAF = 40
RATE = 0.1


@dataclass(frozen=True, slots=True)
class Tree:
    """A node is a row: the column and threshold that it asks about, where to go then, and the value of a leaf."""

    column: tuple[int, ...]
    threshold: tuple[float, ...]
    below: tuple[int, ...]
    above: tuple[int, ...]
    value: tuple[float, ...]

    def values(self, columns: NDArray[np.float64]) -> NDArray[np.float64]:
        """The leaf in which each row ends: shape (n,), for columns of shape (n, n_columns)."""
        column, threshold = np.array(self.column), np.array(self.threshold)
        below, above = np.array(self.below), np.array(self.above)
        at = np.zeros(len(columns), dtype=np.int64)
        rows = np.arange(len(columns))
        while True:
            inner = below[at] > 0
            if not inner.any():
                return np.array(self.value)[at]
            goes_below = columns[rows, column[at]] <= threshold[at]
            at = np.where(inner, np.where(goes_below, below[at], above[at]), at)


@dataclass(frozen=True, slots=True)
class Trees:
    """P = logistic(slope * (start + sum of the trees) + intercept); the last two were fitted to unseen verdicts."""

    start: float
    slope: float
    intercept: float
    trees: tuple[Tree, ...]

    def raw(self, columns: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds before Platt's method: shape (n,), for columns of shape (n, n_columns)."""
        return self.start + sum((tree.values(columns) for tree in self.trees), np.zeros(len(columns)))

    def probability(self, columns: NDArray[np.float64]) -> NDArray[np.float64]:
        """P(same), shape (n,), for columns of shape (n, n_columns)."""
        from scipy.special import expit

        return expit(self.slope * self.raw(columns) + self.intercept)

    def parameters(self) -> dict:
        nodes = [[tree.column, tree.threshold, tree.below, tree.above, tree.value] for tree in self.trees]
        return dict(start=self.start, slope=self.slope, intercept=self.intercept, trees=nodes)

    @classmethod
    def of(cls, parameters: dict) -> "Trees":
        trees = tuple(Tree(*map(tuple, nodes)) for nodes in parameters["trees"])
        return cls(parameters["start"], parameters["slope"], parameters["intercept"], trees)


def fit_trees(
    columns: NDArray[np.float64], same: NDArray[np.bool_], *, weight: NDArray[np.float64], fold: NDArray[np.int64]
) -> Trees:
    """Trees for P(same), calibrated by Platt's method on folds that the trees had not seen.

    columns: shape (n, n_columns). same, weight, fold: shape (n,); both kinds of verdict must occur.
    """
    from sklearn.linear_model import LogisticRegression

    unseen = np.zeros(len(same))
    for number in np.unique(fold):
        left_out = fold == number
        if 0 < same[~left_out].sum() < (~left_out).sum():
            unseen[left_out] = _grow(columns[~left_out], same[~left_out], weight[~left_out]).raw(columns[left_out])
    platt = LogisticRegression(C=1e6).fit(unseen[:, None], same, sample_weight=weight)
    grown = _grow(columns, same, weight)
    return Trees(grown.start, float(platt.coef_[0, 0]), float(platt.intercept_[0]), grown.trees)


def _grow(columns: NDArray[np.float64], same: NDArray[np.bool_], weight: NDArray[np.float64]) -> Trees:
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        learning_rate=RATE,
        max_iter=N_TREES,
        max_leaf_nodes=LEAVES,
        min_samples_leaf=LEAST_PAIRS_IN_A_LEAF,
        early_stopping=False,
        random_state=SEED,
    ).fit(columns, same, sample_weight=weight)
    # The library has no public way to read its trees; a test compares ours with its own predictions.
    nodes = [predictor.nodes for (predictor,) in model._predictors]
    return Trees(float(model._baseline_prediction[0, 0]), 1.0, 0.0, tuple(_tree(each) for each in nodes))


def _tree(nodes: NDArray) -> Tree:
    is_leaf = nodes["is_leaf"].astype(bool)
    names = dict(column="feature_idx", threshold="num_threshold", below="left", above="right", value="value")
    kept = {name: nodes[theirs].tolist() for name, theirs in names.items()}
    for name in ("column", "threshold", "below", "above"):
        kept[name] = [0 if leaf else value for value, leaf in zip(kept[name], is_leaf, strict=True)]
    return Tree(**{name: tuple(values) for name, values in kept.items()})
