"""Which pairs a large assignment may leave out: a first guess by prices of panelists, then an exact proof.

With 20,000 questions and 600 panelists there are twelve million pairs, and the optimum uses 60,000. A price for each
panelist (what a place with them is worth to others) shows which pairs may matter; the optimum over those gives exact
prices, and those name every pair left out that could still improve it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ml.decision.assignment_caps import Ints
from ml.decision.assignment_flow import Bools, Demands, Floats

# The first guess looks at this many questions; more cost time, and the proof repairs what it misses.
N_SAMPLED = 2000
N_STEPS = 60
# Seats looked at in one piece, which bounds the memory of the proof.
PIECE = 2000
NEVER = -(2**60)


def guess_prices(score: Ints, allowed: Bools, demands: Demands) -> Floats:
    """Prices at which most panelists are wanted about as often as their loads allow, shape (n_panelists,).

    Subgradient steps on the dual of the assignment without caps, for an even sample of the questions.
    """
    asked = np.flatnonzero(demands.demand)
    prices = np.zeros(len(demands.max_load))
    if not asked.size:
        return prices
    rows = asked[:: max(1, len(asked) // N_SAMPLED)]
    share = demands.demand[rows].sum() / demands.demand.sum()
    low, high = demands.min_load * share, demands.max_load * share
    seats = int(demands.demand.max())
    worth = np.where(allowed[rows], score[rows], NEVER).astype(np.float64)
    spread = np.ptp(score) / 4
    for step in range(N_STEPS):
        wanted = np.argpartition(prices - worth, seats - 1, axis=1)[:, :seats]
        load = np.bincount(wanted.ravel(), minlength=len(prices))
        excess = np.where(prices > 0, load - high, np.where(prices < 0, load - low, 0.0))
        excess += np.where(prices == 0, np.minimum(load - low, 0) + np.maximum(load - high, 0), 0.0)
        prices += 0.4 * spread / (1 + 0.2 * step) * excess / max(load.mean(), 1.0)
    return prices


def best_pairs(worth: Floats, allowed: Bools, n_kept: int) -> Bools:
    """The ``n_kept`` allowed pairs of each question that are worth most, all shapes (n_questions, n_panelists)."""
    if n_kept >= worth.shape[1]:
        return allowed
    kept = np.zeros_like(allowed)
    columns = np.argpartition(np.where(allowed, -worth, np.inf), n_kept - 1, axis=1)[:, :n_kept]
    np.put_along_axis(kept, columns, values=True, axis=1)
    return kept & allowed


@dataclass(frozen=True, eq=False)
class Solved:
    """An optimum over the pairs kept. chosen: bool, shape (n_questions, n_panelists), without pinned pairs."""

    score: Ints
    allowed: Bools
    kept: Bools
    chosen: Bools
    demands: Demands


def improving_pairs(solved: Solved) -> Bools:
    """Pairs left out that may improve the total, as a mask; none if it is the optimum over all allowed pairs.

    A seat may hop from its panelist to another one where caps leave room. A flow is optimal exactly if no circle
    of hops gains anything, and then each panelist has a potential such that no hop gains more than the
    difference. Potentials come from the pairs kept; a hop to another pair that gains more is what we look for.
    Source: Ahuja, Magnanti & Orlin (1993), Network Flows, theorems 9.1 and 9.3.
    """
    potential = _potentials(solved)
    better = np.zeros_like(solved.kept)
    for hops in _hops(solved):
        gains = hops.gain + potential[hops.panelist][:, None] > potential[:-1]
        rows, columns = np.nonzero(hops.is_open & gains)
        better[hops.question[rows], columns] = True
    return better & ~solved.kept


@dataclass(frozen=True, eq=False)
class _Hops:
    """Seats given, and what moving each to any other panelist gains. gain, is_open: (n_seats, n_panelists)."""

    question: Ints
    panelist: Ints
    gain: Ints
    is_open: Bools


def _potentials(solved: Solved) -> Ints:
    """Longest way to each panelist over hops between kept pairs; the last entry is the hub."""
    load = solved.chosen.sum(axis=0)
    n_panelists = len(load)
    step = np.full((n_panelists + 1, n_panelists + 1), NEVER)
    for hops in _hops(solved):
        gain = np.where(hops.is_open & solved.kept[hops.question], hops.gain, NEVER)
        movers, starts = np.unique(hops.panelist, return_index=True)
        step[movers, :-1] = np.maximum(step[movers, :-1], np.maximum.reduceat(gain, starts, axis=0))
    step[:-1, -1][load < solved.demands.max_load] = 0
    step[-1, :-1][load > solved.demands.min_load] = 0
    potential = np.zeros(n_panelists + 1, dtype=np.int64)
    for _ in range(n_panelists + 2):
        longer = np.maximum(potential, (potential[:, None] + step).max(axis=0))
        if np.array_equal(longer, potential):
            return potential
        potential = longer
    raise RuntimeError("The assignment of the pairs kept was not an optimum.")


def _hops(solved: Solved) -> Iterator[_Hops]:
    """All seats in pieces, ordered by panelist."""
    panelists, questions = np.nonzero(solved.chosen.T)
    for start in range(0, len(panelists), PIECE):
        question, panelist = questions[start : start + PIECE], panelists[start : start + PIECE]
        own = solved.score[question, panelist][:, None]
        is_open = solved.allowed[question] & ~solved.chosen[question]
        is_open &= _within_caps(solved, question, panelist)
        yield _Hops(question, panelist, solved.score[question] - own, is_open)


def _within_caps(solved: Solved, question: Ints, panelist: Ints) -> Bools:
    """Whether a seat may hop to each other panelist: no group it enters is full."""
    demands = solved.demands
    everyone = np.arange(solved.score.shape[1])[None, :]
    fits = np.ones((len(question), everyone.size), dtype=bool)
    if demands.caps is None:
        return fits
    given = solved.chosen[question]
    given |= demands.pinned[question]
    seats = np.argsort(~given, axis=1, kind="stable")[:, : int(given.sum(axis=1).max())]
    is_given = np.take_along_axis(given, seats, axis=1)
    for level in demands.caps.levels(question[:, None], everyone):
        taken = np.zeros(fits.shape, dtype=np.int64)
        for seat, counts in zip(seats.T, is_given.T, strict=True):
            taken += (level.code == np.take_along_axis(level.code, seat[:, None], axis=1)) & counts[:, None]
        own = np.take_along_axis(level.code, panelist[:, None], axis=1)
        fits &= (taken < level.most) | (level.code == own)
    return fits
