"""The probability that two questions ask the same: a curve of their cosine, and what verdicts teach beyond it.

A call's questions are compared by one scorer per language model and method. It begins with the shipped curve, is
fitted to the verdicts as they come, and takes up features and then trees once there are enough of them, if they
foretell verdicts better that they have not seen (docs/decisions/0010).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.language.pair_curve import Calibration, fit_calibration, logit_of, shipped_calibration
from ml.language.pair_features import NAMES
from ml.language.pair_trees import Trees, fit_trees

VERDICTS_FOR_FEATURES = 300
VERDICTS_FOR_TREES = 5_000
N_FOLDS = 5
N_BINS = 10
COSINE, IS_BARE = NAMES.index("cosine"), NAMES.index("is_bare")


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """What people said of pairs: features (n, len(NAMES)), same (n,), weight (n,).

    group: int, shape (n,); pairs of one group are never split when a scorer is tried on what it has not seen.
    """

    features: NDArray[np.float64]
    same: NDArray[np.bool_]
    weight: NDArray[np.float64]
    group: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.same)

    def part(self, chosen: NDArray[np.bool_]) -> "Verdicts":
        """The chosen ones; chosen: shape (n,)."""
        return Verdicts(self.features[chosen], self.same[chosen], self.weight[chosen], self.group[chosen])


@dataclass(frozen=True, slots=True)
class Scorer:
    """titles, texts: curves of cosine. linear: how features correct them. trees: what stands in for both.

    form: "shipped", "cosine", "features" or "trees".
    """

    form: str
    titles: Calibration
    texts: Calibration
    linear: tuple[float, ...] = ()
    trees: Trees | None = None

    def probability(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """P(same), shape (n,), of pairs with features (n, len(NAMES))."""
        from scipy.special import expit

        columns = self._columns(features)
        if self.trees is not None:
            return self.trees.probability(columns)
        if self.linear:
            return expit(columns @ np.array(self.linear[:-1]) + self.linear[-1])
        return expit(columns[:, 0])

    def least_cosine(self, chance: float) -> float:
        """The cosine below which no pair has this chance, as far as cosine goes."""
        return min((logit_of(chance) - curve.intercept) / curve.slope for curve in (self.titles, self.texts))

    def parameters(self) -> dict:
        """Numbers that `scorer_of` makes this scorer from again: fit for JSON."""
        return dict(
            form=self.form,
            titles=[self.titles.slope, self.titles.intercept],
            texts=[self.texts.slope, self.texts.intercept],
            linear=list(self.linear),
            trees=self.trees.parameters() if self.trees else None,
        )

    def _columns(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """The log-odds by cosine, then all other features."""
        of_titles = self.titles.slope * features[:, COSINE] + self.titles.intercept
        of_texts = self.texts.slope * features[:, COSINE] + self.texts.intercept
        log_odds = np.where(features[:, IS_BARE] > 0, of_titles, of_texts)
        return np.column_stack([log_odds, np.delete(features, COSINE, axis=1)])


def shipped_scorer(compared: str = "meaning") -> Scorer:
    """What a call begins with; compared: by "meaning" or by "words"."""
    if compared == "words":
        curve = shipped_calibration("words")
        return Scorer("shipped", titles=curve, texts=curve)
    return Scorer("shipped", titles=shipped_calibration("titles"), texts=shipped_calibration("texts"))


def scorer_of(parameters: dict) -> Scorer:
    """The scorer whose `parameters` were kept."""
    return Scorer(
        form=parameters["form"],
        titles=Calibration(*parameters["titles"]),
        texts=Calibration(*parameters["texts"]),
        linear=tuple(parameters["linear"]),
        trees=Trees.of(parameters["trees"]) if parameters["trees"] else None,
    )


def fit_scorer(verdicts: Verdicts, *, prior: Scorer) -> tuple[Scorer, float | None]:
    """The scorer that foretells unseen verdicts best of the forms that so many verdicts allow, and its error.

    prior: the shipped scorer, from which a few verdicts pull the curve away only a little.
    Returns: the scorer fitted to all verdicts; its expected calibration error on verdicts that were left out
        when it was fitted, None without any verdict.
    """
    if not len(verdicts):
        return prior, None
    forms = [form for form, least in _LEAST.items() if len(verdicts) >= least and _has_both(verdicts)] or ["cosine"]
    unseen = {form: _foretold(verdicts, prior, form) for form in forms}
    best = min(forms, key=lambda form: log_loss(unseen[form], verdicts))
    return fit_form(best, verdicts, prior=prior), calibration_error(unseen[best], verdicts.same, weight=verdicts.weight)


def fit_form(form: str, verdicts: Verdicts, *, prior: Scorer) -> Scorer:
    """A scorer of a certain form, however many verdicts there are."""
    return _FITS[form](verdicts, prior)


def log_loss(foretold: NDArray[np.float64], verdicts: Verdicts) -> float:
    """Mean surprise at the verdicts, in nats, by their weights. foretold: P(same), shape (n,)."""
    chance = np.where(verdicts.same, foretold, 1 - foretold)
    return float(-(verdicts.weight * np.log(np.clip(chance, 1e-9, 1))).sum() / verdicts.weight.sum())


def calibration_error(
    foretold: NDArray[np.float64], same: NDArray[np.bool_], *, weight: NDArray[np.float64] | None = None
) -> float:
    """Expected calibration error over ten equal bins of probability: how far off each is, weighed by its size.

    foretold, same, weight: shape (n,), n > 0; one verdict counts once where no weight is given.
    Returns: 0 .. 1.
    """
    weight = np.ones(len(same)) if weight is None else weight
    number = np.minimum((foretold * N_BINS).astype(int), N_BINS - 1)
    off = np.bincount(number, weights=weight * (foretold - same), minlength=N_BINS)
    return float(np.abs(off).sum() / weight.sum())


def folds_of(group: NDArray[np.int64]) -> NDArray[np.int64]:
    """A fold 0 .. N_FOLDS - 1 for every pair, the same for all of a group; group and result have shape (n,)."""
    return np.unique(group, return_inverse=True)[1] % N_FOLDS


def _foretold(verdicts: Verdicts, prior: Scorer, form: str) -> NDArray[np.float64]:
    """P(same) of every verdict by a scorer fitted to the verdicts of other folds."""
    fold = folds_of(verdicts.group)
    foretold = np.empty(len(verdicts))
    for number in range(N_FOLDS):
        left_out = fold == number
        if left_out.any():
            scorer = fit_form(form, verdicts.part(~left_out), prior=prior)
            foretold[left_out] = scorer.probability(verdicts.features[left_out])
    return foretold


def _fit_cosine(verdicts: Verdicts, prior: Scorer, form: str = "cosine") -> Scorer:
    curves = []
    for is_bare, curve in ((True, prior.titles), (False, prior.texts)):
        those = verdicts.part((verdicts.features[:, IS_BARE] > 0) == is_bare)
        curves.append(fit_calibration(those.features[:, COSINE], those.same, prior=curve, weight=those.weight))
    return Scorer(form, *curves)


def _fit_features(verdicts: Verdicts, prior: Scorer) -> Scorer:
    from sklearn.linear_model import LogisticRegression

    curve = _fit_cosine(verdicts, prior, "features")
    if not _has_both(verdicts):
        return curve
    columns = curve._columns(verdicts.features)
    spread = columns.std(axis=0)
    spread[spread == 0] = 1.0
    fitted = LogisticRegression(max_iter=1000).fit(columns / spread, verdicts.same, sample_weight=verdicts.weight)
    weights = (fitted.coef_[0] / spread).tolist()
    return Scorer("features", curve.titles, curve.texts, linear=(*weights, float(fitted.intercept_[0])))


def _fit_trees(verdicts: Verdicts, prior: Scorer) -> Scorer:
    curve = _fit_cosine(verdicts, prior, "trees")
    if not _has_both(verdicts):
        return curve
    columns = curve._columns(verdicts.features)
    trees = fit_trees(columns, verdicts.same, weight=verdicts.weight, fold=folds_of(verdicts.group))
    return Scorer("trees", curve.titles, curve.texts, trees=trees)


def _has_both(verdicts: Verdicts) -> bool:
    return 0 < verdicts.same.sum() < len(verdicts)


_LEAST = {"cosine": 0, "features": VERDICTS_FOR_FEATURES, "trees": VERDICTS_FOR_TREES}
_FITS: dict[str, Callable[[Verdicts, Scorer], Scorer]] = {
    "cosine": _fit_cosine,
    "features": _fit_features,
    "trees": _fit_trees,
}
