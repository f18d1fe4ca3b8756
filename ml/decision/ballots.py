"""Ranked ballots with ties and partial lists: Plackett and Luce's model, and the counting rules shown beside it.

Sources: METHODS.md 1e; Plackett (1975), The analysis of permutations, Appl. Statist. 24; for Borda, Condorcet and
Copeland, Brandt et al. (2016), Handbook of computational social choice, chapters 2 to 4.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.stats import rankdata
from threadpoolctl import threadpool_limits

from ml.decision.choices import ChoiceFit, Choices, LikelihoodFit, fit_choices, lone_prior, maximize_likelihood
from ml.decision.crossed_model import DIGITS, Floats, Ints
from ml.decision.kemeny import NoProvenOrder, best_order

UNRANKED = 0


@dataclass(frozen=True, eq=False)
class Ballots:
    """One row per question on a ballot.

    ballot: int, shape (n_rows,); which ballot, 0 .. n_ballots - 1. item: int, shape (n_rows,); which question.
    place: int, shape (n_rows,); its place from 1, equal places are ties, gaps mean nothing; UNRANKED (0) for a
    question that was offered and not placed: below all placed ones, and in no order among its like. A question
    that was not offered (a conflict of interest) has no row.
    """

    ballot: Ints
    item: Ints
    place: Ints

    def __post_init__(self) -> None:
        if not (len(self.ballot) == len(self.item) == len(self.place)):
            raise ValueError("ballot, item and place must have one length.")
        if len(self.place) and (min(np.min(self.ballot), np.min(self.item), np.min(self.place)) < 0):
            raise ValueError("Ballots, questions and places are counted from 0.")
        rows = np.column_stack([self.ballot, self.item])
        if len(np.unique(rows, axis=0)) < len(rows):
            raise ValueError("A question stands twice on one ballot.")


def fit_plackett_luce(ballots: Ballots, *, n_items: int, reference: int) -> LikelihoodFit:
    """Maximum likelihood without any prior: value in logits above the reference question, and log-likelihood.

    Raises: ValueError where the ballots fall apart or put some questions always above all others.
    """
    with threadpool_limits(limits=1, user_api="blas"):
        return maximize_likelihood(ballot_choices(ballots, n_items), reference=reference)


def fit_ballots(ballots: Ballots, *, n_items: int) -> ChoiceFit:
    """Values from ballots alone under the prior N(0, 1.5² I) on the logit scale, which keeps every value finite."""
    with threadpool_limits(limits=1, user_api="blas"):
        mean, covariance = lone_prior(n_items)
        return fit_choices(ballot_choices(ballots, n_items), mean=mean, covariance=covariance, kappa=1.0)


def ballot_choices(ballots: Ballots, n_items: int) -> Choices:
    """Each ballot as choices from sets that shrink.

    A question placed alone is chosen from itself and all that come later. Those tied are each chosen so, and are
    about equal among themselves: every pair of t tied ones is half a win each, with weight 2 / t, so that they count
    as much as the t - 1 choices that an order of them would have been.
    """
    _check_items(ballots, n_items)
    credit = np.zeros(n_items)
    sets: list[Ints] = []
    weights: list[float] = []
    edges: list[tuple[Ints, Ints]] = []
    for tied, later in _steps(ballots):
        t = len(tied)
        if len(later):
            sets += [np.append(later, item) for item in tied]
            weights += [1.0] * t
            credit[tied] += 1.0
            edges.append((np.repeat(tied, len(later)), np.tile(later, t)))
        if t > 1:
            left, right = np.triu_indices(t, 1)
            sets += list(np.column_stack([tied[left], tied[right]]))
            weights += [2.0 / t] * len(left)
            credit[tied] += (t - 1.0) / t
            edges += [(tied[left], tied[right]), (tied[right], tied[left])]
    sizes = np.cumsum([0, *map(len, sets)])
    indices = np.concatenate([*sets, np.zeros(0, dtype=np.int64)])
    return Choices(
        credit=credit,
        members=sp.csr_array((np.ones(len(indices)), indices, sizes), shape=(len(sets), n_items)),
        weight=np.array(weights),
        better=np.concatenate([*(better for better, _ in edges), np.zeros(0, dtype=np.int64)]),
        worse=np.concatenate([*(worse for _, worse in edges), np.zeros(0, dtype=np.int64)]),
    )


def preferences(ballots: Ballots, *, n_items: int) -> Ints:
    """Number of ballots that put the row's question above the column's, shape (n_items, n_items)."""
    _check_items(ballots, n_items)
    result = np.zeros((n_items, n_items), dtype=np.int64)
    for tied, later in _steps(ballots):
        result[np.ix_(tied, later)] += 1
    return result


def borda(ballots: Ballots, *, n_items: int) -> Floats:
    """Borda points, shape (n_items,): on each ballot, how many it stands above; ties and unranked ones share.

    On complete ballots these are the textbook's totals. A ballot that offered fewer questions is stretched to the
    same range, and a question offered on fewer ballots gets the average of those for the rest, so that a conflict
    of interest costs no points. NaN for a question on no ballot.
    """
    _check_items(ballots, n_items)
    points = np.zeros(n_items)
    n_offered = np.zeros(n_items)
    n_ballots = 0
    n_all = len(np.unique(ballots.item))
    for items, place in _each(ballots):
        if len(items) > 1:
            below = len(items) - rankdata(np.where(place == UNRANKED, np.iinfo(np.int64).max, place))
            points[items] += below * (n_all - 1) / (len(items) - 1)
            n_offered[items] += 1
            n_ballots += 1
    share = np.divide(points, n_offered, out=np.full(n_items, np.nan), where=n_offered > 0)
    return np.round(share * n_ballots, DIGITS)


def copeland(ballots: Ballots, *, n_items: int) -> Floats:
    """How many others each question beats by a majority, plus half of those it ties with, shape (n_items,)."""
    above = preferences(ballots, n_items=n_items)
    met = (above + above.T) > 0
    return ((above > above.T) + 0.5 * ((above == above.T) & met)).sum(axis=1)


def condorcet_winner(ballots: Ballots, *, n_items: int) -> int | None:
    """The question that beats every other one by a majority, if there is one."""
    above = preferences(ballots, n_items=n_items)
    beaten = (above > above.T).sum(axis=1)
    winners = np.flatnonzero(beaten == n_items - 1)
    return int(winners[0]) if len(winners) else None


def kemeny(ballots: Ballots, *, n_items: int) -> tuple[Ints, int]:
    """The order that agrees with most pairs on the ballots, best first, and with how many it agrees.

    Raises: NoProvenOrder (a ValueError) above 50 questions, or where the ballots contradict each other throughout:
    proving an order the best would take too long.
    """
    return best_order(preferences(ballots, n_items=n_items))


def method_sensitive(ballots: Ballots, *, n_items: int, k: int) -> tuple[NDArray[np.bool_], bool]:
    """Whether a question is among the first k by one method and not by another, and whether Kemeny had to be left out.

    The methods are Plackett-Luce, Borda and, where its order can be proven, Kemeny. Questions on no ballot are never.
    Returns: bool, shape (n_items,); and True where Kemeny's order was wanted and could not be proven.
    """
    on_ballot = np.unique(ballots.item)
    compact = Ballots(ballots.ballot, np.searchsorted(on_ballot, ballots.item), ballots.place)
    n = len(on_ballot)
    result = np.zeros(n_items, dtype=bool)
    if n <= k:
        return result, False
    scores = [fit_ballots(compact, n_items=n).value, borda(compact, n_items=n)]
    has_kemeny = False
    with suppress(NoProvenOrder):
        scores.append(-np.argsort(kemeny(compact, n_items=n)[0]).astype(float))
        has_kemeny = True
    first = np.array([np.round(score, DIGITS) >= np.round(np.sort(score)[-k], DIGITS) for score in scores])
    result[on_ballot] = first.any(axis=0) & ~first.all(axis=0)
    return result, not has_kemeny


def _each(ballots: Ballots) -> Iterator[tuple[Ints, Ints]]:
    """Questions and places of one ballot after the other."""
    order = np.lexsort((ballots.item, ballots.ballot))
    item, place = np.asarray(ballots.item)[order], np.asarray(ballots.place)[order]
    _, starts = np.unique(np.asarray(ballots.ballot)[order], return_index=True)
    yield from zip(np.split(item, starts[1:]), np.split(place, starts[1:]), strict=True)


def _steps(ballots: Ballots) -> Iterator[tuple[Ints, Ints]]:
    """Down each ballot: the questions at one place, and all that come later."""
    for items, place in _each(ballots):
        for here in np.unique(place[place != UNRANKED]):
            yield items[place == here], items[(place > here) | (place == UNRANKED)]


def _check_items(ballots: Ballots, n_items: int) -> None:
    if len(ballots.item) and np.max(ballots.item) >= n_items:
        raise ValueError(f"A question index is outside 0 .. {n_items - 1}.")
