"""Groups of duplicates: stars around one canonical question, never chains."""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray


def star_groups(
    *,
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    probability: NDArray[np.floating],
    n: int,
    threshold: float,
    cannot_link: NDArray[np.int64],
    must_link: NDArray[np.int64],
) -> NDArray[np.int64]:
    """The canonical question that each question would join; itself where it joins none.

    Every member has a pair of at least `threshold` with its canonical question, so that groups never chain.
    Questions that people called the same (`must_link`) count as one: they stay together, what is near one of
    them is near all, and the lowest number stands for them. Two questions that people called different are
    never in one group, not even by way of a third; where verdicts contradict each other, "different" wins.

    The order of the pairs does not matter. Ties are broken by the lower number, so rows must come in an
    order of their own (by digest of the text), or a re-run on the same questions may choose differently.

    left, right: int, shape (n_pairs,), questions 0 .. n - 1. probability: float, shape (n_pairs,).
    cannot_link, must_link: int, shape (n_verdicts, 2); shape (0, 2) for none.
    Returns: int, shape (n,); the canonical question of every question, which is its own canonical question.
    Raises: ValueError if the shapes differ or a number is outside 0 .. n - 1.
    """
    pairs = np.column_stack([left, right]).astype(np.int64)
    _check_numbers(pairs, probability, cannot_link, must_link, n)
    units = _Units(n=n, cannot_link=cannot_link)
    for a, b in sorted({(min(pair), max(pair)) for pair in must_link.tolist()}):
        units.join(a, b)
    unit = np.array([units.root(each) for each in range(n)], dtype=np.int64)
    near = np.asarray(probability) >= threshold
    weights = _unit_weights(unit[pairs[near]], np.asarray(probability, dtype=np.float64)[near])
    return _draw_stars(unit, weights, units)


class _Units:
    """Questions that people called the same, joined; and which of them may not meet."""

    def __init__(self, *, n: int, cannot_link: NDArray[np.int64]) -> None:
        self._parent = list(range(n))
        self._foes: dict[int, set[int]] = defaultdict(set)
        for a, b in cannot_link.tolist():
            if a != b:
                self._foes[a].add(b)
                self._foes[b].add(a)

    def root(self, question: int) -> int:
        while self._parent[question] != question:
            self._parent[question] = self._parent[self._parent[question]]
            question = self._parent[question]
        return question

    def foes(self, unit: int) -> set[int]:
        return self._foes.get(unit, set())

    def join(self, a: int, b: int) -> None:
        """Make one unit of two, unless someone called parts of them different."""
        keep, gone = sorted((self.root(a), self.root(b)))
        if keep == gone or gone in self.foes(keep):
            return
        self._parent[gone] = keep
        for foe in self._foes.pop(gone, set()):
            self._foes[foe].remove(gone)
            self._foes[foe].add(keep)
            self._foes[keep].add(foe)


def _check_numbers(
    pairs: NDArray[np.int64],
    probability: NDArray[np.floating],
    cannot_link: NDArray[np.int64],
    must_link: NDArray[np.int64],
    n: int,
) -> None:
    if len(pairs) != len(probability):
        raise ValueError("left, right and probability must have the same length")
    for numbers in (pairs, cannot_link, must_link):
        if numbers.ndim != 2 or numbers.shape[1] != 2:
            raise ValueError("verdicts must have shape (n_verdicts, 2)")
        if numbers.size and (numbers.min() < 0 or numbers.max() >= n):
            raise ValueError(f"questions are numbered 0 to {n - 1}")


def _unit_weights(pairs: NDArray[np.int64], probability: NDArray[np.float64]) -> dict[int, dict[int, float]]:
    """Neighbours of every unit with the highest probability between the two."""
    weights: dict[int, dict[int, float]] = defaultdict(dict)
    for (a, b), weight in zip(pairs.tolist(), probability.tolist(), strict=True):
        if a != b:
            weights[a][b] = weights[b][a] = max(weight, weights[a].get(b, weight))
    return weights


def _draw_stars(unit: NDArray[np.int64], weights: dict[int, dict[int, float]], units: _Units) -> NDArray[np.int64]:
    """Give every unit that is not a centre to its most probable centre, best pairs first."""
    centres = _choose_centres(weights, units)
    offers = sorted(
        (-weight, centre, other)
        for centre in centres
        for other, weight in weights[centre].items()
        if other not in centres
    )
    joined = {centre: centre for centre in centres}
    banned = {centre: set(units.foes(centre)) for centre in centres}
    for _, centre, other in offers:
        if other not in joined and other not in banned[centre]:
            joined[other] = centre
            banned[centre] |= units.foes(other)
    return np.array([joined.get(each, each) for each in unit.tolist()], dtype=np.int64)


def _choose_centres(weights: dict[int, dict[int, float]], units: _Units) -> set[int]:
    """Take units by the sum of their probabilities; one that is near a chosen centre is none itself."""
    # Sorted before adding: a sum of floats depends on its order, and the result must not.
    degree = {each: sum(sorted(near.values())) for each, near in weights.items()}
    centres: set[int] = set()
    covered: set[int] = set()
    for each in sorted(degree, key=lambda each: (-degree[each], each)):
        if each not in covered:
            centres.add(each)
            covered |= weights[each].keys() - units.foes(each)
    return centres
