"""Ways to spend a panel's effort, and to read values off what it said: the product's own code beside plain rules."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.worlds import N_PANELISTS, N_THEMES, Floats, Ints, LivePanel, Panel, Voters
from ml.decision.allocation import Batch, borderline_batch, choose_pairs, first_stage, second_stage_k, stage_plan
from ml.decision.assignment import assign_panelists
from ml.decision.comparisons import fit_comparisons
from ml.decision.robust_model import RobustFit, fit_robust_model
from ml.decision.scoring import (
    CrossedFit,
    draw_question_values,
    fit_crossed_model,
    plain_means,
    top_k_probability,
)

K = np.full(N_THEMES, 10)
N_DRAWS = 1500
SHORTLIST = 40
PAIR_BATCH = 35
VOTE_BATCH = 50


def mean_values(panel: Panel) -> Floats:
    means = plain_means(question=panel.question, rating=panel.rating, n_questions=panel.n_questions)
    return np.where(np.isnan(means), panel.rating.mean(), means)


def z_values(panel: Panel) -> Floats:
    """Mean of the ratings in standard deviations of who gave them."""
    count = np.maximum(np.bincount(panel.panelist, minlength=panel.n_panelists), 1)
    centre = np.bincount(panel.panelist, panel.rating, panel.n_panelists) / count
    left = panel.rating - centre[panel.panelist]
    spread = np.sqrt(np.maximum(np.bincount(panel.panelist, left**2, panel.n_panelists) / count, 1e-6))
    means = plain_means(question=panel.question, rating=left / spread[panel.panelist], n_questions=panel.n_questions)
    return np.nan_to_num(means)


def crossed(panel: Panel) -> CrossedFit:
    return fit_crossed_model(**panel.design())


def robust(panel: Panel, seed: int) -> RobustFit:
    return fit_robust_model(**panel.design(), seed=seed)


ESTIMATES: dict[str, Callable[[Panel, int], Floats]] = {
    "mean": lambda panel, seed: mean_values(panel),
    "z-score": lambda panel, seed: z_values(panel),
    "M0": lambda panel, seed: crossed(panel).question_effect,
    "M1": lambda panel, seed: robust(panel, seed).question_effect,
}


def coverage(panel: Panel, estimate: Floats, draws: Floats) -> float:
    """Share of the questions whose 5-95 % interval holds the truth, once the scale is taken out."""
    truth = panel.truth - panel.truth.mean()
    centred = estimate - estimate.mean()
    slope = truth @ centred / (centred @ centred)
    low, high = np.quantile((draws - estimate.mean()) * slope, [0.05, 0.95], axis=1)
    return float(np.mean((truth > low) & (truth < high)))


def deal_flat(live: LivePanel, n_ratings: int) -> None:
    """Questions in turn, all before any gets its next rating."""
    every = live.random.permutation(np.arange(n_ratings) % len(live.truth))
    for part in np.array_split(every, max(1, round(n_ratings / len(live.truth)))):
        _rate(live, np.bincount(part, minlength=len(live.truth)))


def deal_stages(live: LivePanel, plan_ratings: int, *, third: bool = True) -> None:
    """One each, then where the first 25 are open, then the first ten, with the product's random share of 10 %."""
    n_questions = len(live.truth)
    plan = stage_plan(n_questions=n_questions, n_ratings_in_all=plan_ratings)
    _rate(live, first_stage(n_ratings=np.zeros(n_questions, dtype=int)).demand(n_questions))
    sizes = [(size, second_stage_k(K)) for size in plan.second]
    sizes += [(size, K) for size in plan.third if third]
    for seed, (size, k) in enumerate(sizes):
        _rate(live, _next_batch(live, size, k, seed).demand(n_questions))


def _next_batch(live: LivePanel, size: int, k: Ints, seed: int) -> Batch:
    panel = live.ratings()
    draws = draw_question_values(crossed(panel), n_draws=N_DRAWS, seed=seed)
    return borderline_batch(
        p_top=top_k_probability(draws, group=live.theme, k=k),
        n_ratings=np.bincount(panel.question, minlength=panel.n_questions),
        n_batch=size,
        seed=seed,
    )


def _rate(live: LivePanel, demand: Ints) -> None:
    """Who rates is the product's assignment: at home rather, never twice, loads as even as they can be."""
    given = live.seen.sum(axis=0)
    target = (given.sum() + demand.sum()) / N_PANELISTS
    highest = np.maximum(int(np.ceil(target)) - given, 0)
    home = live.theme[:, None] == np.arange(N_PANELISTS)[None, :] % N_THEMES
    made = assign_panelists(
        affinity=home + 0.5 * live.random.random(live.seen.shape),
        demand=demand,
        min_load=np.zeros(N_PANELISTS, dtype=int),
        max_load=highest + 2,
        forbidden=live.seen,
        floor=False,
    )
    live.rate(made.question, made.panelist)


@dataclass(eq=False)
class Endgame:
    """Pairs on the shortlist of each theme: values of all questions, shortlisted ones on top."""

    live: LivePanel
    value: Floats
    draws: Floats

    def play(self, n_votes: int) -> Floats:
        """Values after so many votes, shared out evenly over the themes."""
        p_top = top_k_probability(self.draws, group=self.live.theme, k=K)
        value = self.value.copy()
        for theme in range(N_THEMES):
            members = np.flatnonzero(self.live.theme == theme)
            listed = members[np.argsort(-p_top[members], kind="stable")[:SHORTLIST]]
            value[listed] = 100 + self._compare(listed, n_votes // N_THEMES)
        return value

    def _compare(self, listed: Ints, n_votes: int) -> Floats:
        prior = {"prior_mean": self.value[listed], "prior_covariance": np.cov(self.draws[listed])}
        value, covariance, kappa = prior["prior_mean"], prior["prior_covariance"], 1.5
        votes = _Votes()
        while len(votes.share) < n_votes:
            pairs = choose_pairs(
                mean=value,
                covariance=covariance,
                k=int(K[0]),
                n_pairs=min(PAIR_BATCH, n_votes - len(votes.share)),
                seed=len(votes.share),
                kappa=kappa,
            )
            first, second = np.array([(pair.first, pair.second) for pair in pairs]).T
            votes.add(first, second, self.live.compare(listed[first], listed[second]))
            fit = fit_comparisons(first=votes.first, second=votes.second, share=votes.share, **prior)
            value, covariance, kappa = fit.value, fit.covariance, fit.kappa
        return value


class _Votes:
    def __init__(self) -> None:
        self.first, self.second, self.share = np.zeros(0, int), np.zeros(0, int), np.zeros(0)

    def add(self, first: Ints, second: Ints, share: Floats) -> None:
        self.first = np.append(self.first, first)
        self.second = np.append(self.second, second)
        self.share = np.append(self.share, share)


def random_pairs(mean: Floats, covariance: Floats, votes: _Votes, random: np.random.Generator) -> list:
    first = random.integers(len(mean), size=VOTE_BATCH)
    return list(zip(first, (first + 1 + random.integers(len(mean) - 1, size=VOTE_BATCH)) % len(mean), strict=True))


def swiss_pairs(mean: Floats, covariance: Floats, votes: _Votes, random: np.random.Generator) -> list:
    """Neighbours in the present order that have not met, from the top; all may meet again once nobody is left."""
    met = set(zip(votes.first.tolist(), votes.second.tolist(), strict=True))
    order = np.argsort(-(mean + 1e-3 * random.standard_normal(len(mean)))).tolist()
    pairs: list = []
    while len(pairs) < VOTE_BATCH:
        free = set(order)
        before = len(pairs)
        for at, one in enumerate(order):
            near = (other for other in order[at + 1 : at + 12] if other in free)
            other = next((x for x in near if (one, x) not in met and (x, one) not in met), None)
            if one in free and other is not None:
                free -= {one, other}
                pairs.append((one, other))
                met.add((one, other))
        if len(pairs) == before:
            met = set()
    return pairs[:VOTE_BATCH]


def mix_pairs(mean: Floats, covariance: Floats, votes: _Votes, random: np.random.Generator) -> list:
    """The product's rule with its random share of 10 %."""
    seed = int(random.integers(2**31))
    chosen = choose_pairs(mean=mean, covariance=covariance, k=10, n_pairs=VOTE_BATCH, seed=seed)
    return [(pair.first, pair.second) for pair in chosen]


PAIR_RULES = {"random": random_pairs, "Swiss": swiss_pairs, "mix (ours)": mix_pairs}


def recall_by_votes(rule: Callable, seed: int, marks: tuple[int, ...]) -> list[float]:
    """Recall of the first ten of 100 at each number of votes, starting from nothing known."""
    voters, votes = Voters(seed), _Votes()
    random = np.random.default_rng(seed + 1000)
    n_questions = len(voters.truth)
    prior = {"prior_mean": np.zeros(n_questions), "prior_covariance": 1.5**2 * np.eye(n_questions)}
    mean, covariance, recalls = prior["prior_mean"], prior["prior_covariance"], []
    while len(votes.share) < marks[-1]:
        first, second = np.array(rule(mean, covariance, votes, random), dtype=np.int64).T
        votes.add(first, second, voters.compare(first, second))
        fit = fit_comparisons(first=votes.first, second=votes.second, share=votes.share, scale=1.0, **prior)
        mean, covariance = fit.value, fit.covariance
        if len(votes.share) in marks:
            recalls.append(voters.recall(mean))
    return recalls
