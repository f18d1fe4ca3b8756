"""Model M1: leniency, scale and noise of each panelist, and noise with heavy tails, sampled by Gibbs.

    rating_ij = mean + leniency_j + scale_j * effect_i + e_ij,    e_ij ~ t with 4 degrees of freedom, of size noise_j
    effect_i ~ N(0, t²)    leniency_j ~ N(0, v²)    scale_j ~ N(1, 0.3²), positive

A t is a normal whose precision is multiplied by an unknown weight, Gamma(2, 2); so every conditional is a textbook
distribution. A panelist who contradicts all others gets a small scale and a large noise, one odd rating a small
weight: neither is left out, both count for little.

Source: METHODS.md 1b.
"""

from dataclasses import dataclass

import numpy as np

from ml.decision.crossed_model import ROUNDING, Floats, Ints
from ml.decision.robust_sampler import N_CHAINS, Chains, first_state, priors_of, rows_of, sweep_once
from ml.decision.scoring import CrossedFit, fit_crossed_model

N_SWEEPS = 1300
N_BURN = 300


@dataclass(frozen=True, eq=False)
class RobustFit:
    """Posterior of the robust model, on the rubric's scale.

    A question's value is what the panel would say on average, were all its members to rate it.
    mean: of all values. question_effect: posterior mean of the value minus ``mean``, shape (n_questions,).
    draws: float, shape (n_questions, n_draws); joint draws of the values.
    leniency, leniency_low, leniency_high: posterior mean and 5-95 % interval, relative to the panel's average,
    shape (n_panelists,), rubric points.
    scale: posterior mean, shape (n_panelists,); 1 uses the rubric as the others do, near 0 does not follow them.
    noise: posterior mean of the size of the noise, shape (n_panelists,), rubric points.
    weight: posterior mean weight of each rating, shape (n_ratings,); about 1, near 0 for one against all others.
    start: the crossed fit (M0) it was started at, with its variances and what it says of boundaries.
    """

    mean: float
    question_effect: Floats
    draws: Floats
    leniency: Floats
    leniency_low: Floats
    leniency_high: Floats
    scale: Floats
    noise: Floats
    weight: Floats
    start: CrossedFit


def fit_robust_model(
    *,
    question: Ints,
    panelist: Ints,
    rating: Floats,
    n_questions: int,
    n_panelists: int,
    seed: int,
    n_sweeps: int = N_SWEEPS,
    n_burn: int = N_BURN,
    n_draws: int = 2000,
) -> RobustFit:
    """Sample the posterior of the robust model in two chains, each started at the crossed fit.

    question, panelist: int, shape (n_ratings,). rating: float, shape (n_ratings,), on the rubric's scale.
    n_sweeps: sweeps of each chain, of which the first ``n_burn`` are forgotten. n_draws: how many joint draws are
    kept, evenly spaced; the posterior means use every sweep.
    Same rows in the same order and the same seed give the same bytes. Designs that leave a variance open are treated
    as by ``fit_crossed_model``: see ``start.at_boundary`` and ``start.assumed``. Ratings that are all equal give
    draws that are all equal.
    Raises: ValueError as ``fit_crossed_model``, and where the sweeps are fewer than the draws asked for.
    Source: METHODS.md 1b (M1); see the module for the algorithm.
    """
    if n_draws > N_CHAINS * (n_sweeps - n_burn):
        raise ValueError(f"{n_draws} draws need more than {n_sweeps} sweeps.")
    design = {"question": question, "panelist": panelist, "n_questions": n_questions, "n_panelists": n_panelists}
    start = fit_crossed_model(rating=rating, **design)
    if np.ptp(rating) <= ROUNDING:
        return _equal_fit(start, len(rating), n_draws)
    active, compact = np.unique(panelist, return_inverse=True)
    rows = rows_of(question, compact, rating, n_questions, len(active))
    priors = priors_of(rows, start)
    chains = first_state(rows, priors, start, start.panelist_effect[active])
    record = _Record(n_sweeps - n_burn, n_draws)
    random = np.random.default_rng(seed)
    for sweep in range(n_sweeps):
        sweep_once(chains, rows, priors, random)
        if sweep >= n_burn:
            record.add(chains)
    return record.fit(start, active, n_panelists)


def sweeps_for(n_draws: int) -> int:
    """How many sweeps of each chain give so many draws: the usual number, or more."""
    return max(N_SWEEPS, N_BURN - (-n_draws // N_CHAINS))


class _Record:
    """What is kept of the sweeps: sums of everything, and some of them whole."""

    def __init__(self, n_kept: int, n_draws: int):
        n_each = -(-n_draws // N_CHAINS)
        self.kept = set(np.linspace(0, n_kept - 1, n_each).round().astype(int).tolist())
        self.n_draws = n_draws
        self.n = 0
        self.draws: list[Floats] = []
        self.leniency: list[Floats] = []
        self.sums = dict.fromkeys(("value_mean", "scale", "noise", "weight"), 0.0)

    def add(self, chains: Chains) -> None:
        state = vars(chains) | {"noise": np.sqrt(chains.noise_variance)}
        for name in self.sums:
            self.sums[name] = self.sums[name] + state[name].mean(axis=1)
        if self.n in self.kept:
            self.draws.append(chains.value)
        self.leniency.append(chains.leniency - chains.leniency.mean(axis=0, keepdims=True))
        self.n += 1

    def fit(self, start: CrossedFit, active: Ints, n_panelists: int) -> RobustFit:
        average = {name: total / self.n for name, total in self.sums.items()}
        mean = float(np.mean(average["value_mean"]))
        leniency = np.hstack(self.leniency)
        low, high = np.quantile(leniency, [0.05, 0.95], axis=1)
        spread = 1.645 * np.sqrt(start.panelist_variance)

        def of_all(values: Floats, otherwise: float) -> Floats:
            """Panelists who rated nothing have what the prior says."""
            result = np.full(n_panelists, otherwise)
            result[active] = values
            return result

        return RobustFit(
            mean=mean,
            question_effect=average["value_mean"] - mean,
            draws=np.hstack(self.draws)[:, : self.n_draws],
            leniency=of_all(leniency.mean(axis=1), 0.0),
            leniency_low=of_all(low, -spread),
            leniency_high=of_all(high, spread),
            scale=of_all(average["scale"], 1.0),
            noise=of_all(average["noise"], float(np.sqrt(start.residual_variance))),
            weight=average["weight"],
            start=start,
        )


def _equal_fit(start: CrossedFit, n_ratings: int, n_draws: int) -> RobustFit:
    nobody = np.zeros_like(start.panelist_effect)
    value = start.mean + start.question_effect
    return RobustFit(
        mean=start.mean,
        question_effect=start.question_effect,
        draws=np.tile(value[:, None], n_draws),
        leniency=start.panelist_effect,
        leniency_low=nobody,
        leniency_high=nobody,
        scale=nobody + 1.0,
        noise=nobody,
        weight=np.ones(n_ratings),
        start=start,
    )
