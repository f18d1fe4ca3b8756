"""Worlds whose truth is known: panels that rate and compare questions, honestly or not.

They are the ones of METHODS.md: questions with four criteria, four themes with a home each, panelists who differ in
leniency (sd .7), in how far they stretch the rubric (log sd .3) and in noise (log sd .4), scores on five points.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

N_THEMES = 4
N_CRITERIA = 4
N_PANELISTS = 60
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Members:
    """What is peculiar to each panelist."""

    leniency: Floats
    scale: Floats
    noise: Floats

    def scores(self, member: Ints, criteria: Floats, random: np.random.Generator) -> Floats:
        """Scores before rounding: one impression of the whole, and an error for each criterion."""
        noise = self.noise[member][:, None]
        halo = noise * random.standard_normal((len(member), 1))
        error = 0.7 * noise * random.standard_normal(criteria.shape)
        stretched = 0.8 * self.scale[member][:, None] * (criteria + 0.8 * halo + error)
        return 3 + self.leniency[member][:, None] + stretched


@dataclass(frozen=True, eq=False)
class Panel:
    """Ratings of questions whose true values are known."""

    truth: Floats
    theme: Ints
    question: Ints
    panelist: Ints
    scores: Floats
    n_panelists: int

    @property
    def n_questions(self) -> int:
        return len(self.truth)

    @property
    def rating(self) -> Floats:
        return self.scores.mean(axis=1)

    @property
    def home_share(self) -> float:
        return float(np.mean(self.theme[self.question] == self.panelist % N_THEMES))

    def design(self) -> dict:
        return {
            "question": self.question,
            "panelist": self.panelist,
            "rating": self.rating,
            "n_questions": self.n_questions,
            "n_panelists": self.n_panelists,
        }

    def without(self, panelists: Ints) -> "Panel":
        kept = ~np.isin(self.panelist, panelists)
        return replace(self, question=self.question[kept], panelist=self.panelist[kept], scores=self.scores[kept])

    def recall(self, value: Floats, k: int = 10) -> float:
        """Share of the true first k that are among the first k by value, mean over themes."""
        return float(np.mean([len(set(self._first(value, t, k)) & set(self._first(self.truth, t, k))) / k
                              for t in range(N_THEMES)]))  # fmt: skip

    def _first(self, value: Floats, theme: int, k: int) -> list[int]:
        members = np.flatnonzero(self.theme == theme)
        return members[np.argsort(-value[members], kind="stable")[:k]].tolist()

    def kept(self, value: Floats, members: Ints) -> int:
        """How many of some questions of theme 0 are among its first ten by value."""
        return len(set(self._first(value, 0, 10)) & set(members.tolist()))

    def top_and_targets(self) -> tuple[Ints, Ints]:
        """The true first ten of theme 0, and ten of its middle: what colluders sink and lift."""
        home = np.flatnonzero(self.theme == 0)
        order = home[np.argsort(-self.truth[home])]
        return order[:10], order[len(order) // 2 :][:10]


def _questions(random: np.random.Generator, n_questions: int) -> Floats:
    quality = random.standard_normal(n_questions)[:, None]
    return quality + 0.5 * random.standard_normal((n_questions, N_CRITERIA))


def _members(random: np.random.Generator, n_panelists: int) -> Members:
    return Members(
        leniency=0.7 * random.standard_normal(n_panelists),
        scale=np.exp(0.3 * random.standard_normal(n_panelists)),
        noise=0.8 * np.exp(0.4 * random.standard_normal(n_panelists)),
    )


def flat_panel(
    seed: int, *, n_questions: int = 2000, load: int = 80, n_hostile: int = 0, home_wish: float = 1.5
) -> Panel:
    """Everybody rates ``load`` questions, the least covered first, those of the home theme rather.

    n_hostile: panelists who give 5 to all but the true best fifth of what they rate, and 1 to that.
    """
    random = np.random.default_rng(seed)
    criteria = _questions(random, n_questions)
    truth, theme = criteria.mean(axis=1), np.arange(n_questions) % N_THEMES
    members = _members(random, N_PANELISTS)
    covered, question, panelist = np.zeros(n_questions), [], []
    for member in random.permutation(N_PANELISTS):
        wish = covered + 0.9 * random.random(n_questions) - home_wish * (theme == member % N_THEMES)
        chosen = np.argsort(wish, kind="stable")[:load]
        covered[chosen] += 1
        question.append(chosen)
        panelist.append(np.full(load, member))
    question, panelist = np.concatenate(question), np.concatenate(panelist)
    scores = members.scores(panelist, criteria[question], random)
    hostile = (panelist < n_hostile)[:, None]
    is_good = (truth[question] > np.quantile(truth, 0.8))[:, None]
    scores = np.where(hostile, np.where(is_good, 1.0, np.maximum(scores, 5.0)), scores)
    return Panel(truth, theme, question, panelist, np.clip(np.round(scores), 1, 5), N_PANELISTS)


def collude(panel: Panel, n_colluders: int) -> tuple[Panel, Ints]:
    """Members of theme 0 who are honest except +2 on ten targets and -2 on the true first ten; who they are."""
    colluders = np.arange(0, N_THEMES * n_colluders, N_THEMES)
    top, targets = panel.top_and_targets()
    own = np.isin(panel.panelist, colluders)
    lift = 2.0 * (own & np.isin(panel.question, targets)) - 2.0 * (own & np.isin(panel.question, top))
    return replace(panel, scores=np.clip(panel.scores + lift[:, None], 1, 5)), colluders


Assign = Callable[["LivePanel", Ints], tuple[Ints, Ints]]


class LivePanel:
    """A panel that rates what it is asked to, one batch after the other, and compares pairs."""

    def __init__(self, seed: int, *, n_questions: int = 2000) -> None:
        self.random = np.random.default_rng(seed)
        self.criteria = _questions(self.random, n_questions)
        self.truth, self.theme = self.criteria.mean(axis=1), np.arange(n_questions) % N_THEMES
        self.members = _members(self.random, N_PANELISTS)
        self.seen = np.zeros((n_questions, N_PANELISTS), dtype=bool)
        self.batches: list[tuple[Ints, Ints, Floats]] = []

    def rate(self, question: Ints, panelist: Ints) -> None:
        """These panelists rate these questions."""
        scores = self.members.scores(panelist, self.criteria[question], self.random)
        self.seen[question, panelist] = True
        self.batches.append((question, panelist, np.clip(np.round(scores), 1, 5)))

    def ratings(self) -> Panel:
        question, panelist, scores = (np.concatenate(part) for part in zip(*self.batches, strict=True))
        return Panel(self.truth, self.theme, question, panelist, scores, N_PANELISTS)

    def compare(self, first: Ints, second: Ints) -> Floats:
        """Votes of random members: 1 where the first seems better."""
        noise = 0.9 * self.members.noise[self.random.integers(N_PANELISTS, size=len(first))]
        one = self.truth[first] + noise * self.random.standard_normal(len(first))
        other = self.truth[second] + noise * self.random.standard_normal(len(first))
        return (one > other).astype(float)


class Voters:
    """Twenty people who compare questions of one list, some more sharply than others."""

    def __init__(self, seed: int, n_questions: int = 100) -> None:
        self.random = np.random.default_rng(seed)
        self.truth = 1.5 * self.random.standard_normal(n_questions)
        self.sharpness = np.exp(0.3 * self.random.standard_normal(20))

    def compare(self, first: Ints, second: Ints) -> Floats:
        sharpness = self.sharpness[self.random.integers(len(self.sharpness), size=len(first))]
        p = 1 / (1 + np.exp(-sharpness * (self.truth[first] - self.truth[second])))
        return (self.random.random(len(first)) < p).astype(float)

    def recall(self, value: Floats, k: int = 10) -> float:
        return len(set(np.argsort(-value)[:k].tolist()) & set(np.argsort(-self.truth)[:k].tolist())) / k
