"""What orders of a panel say by several methods, and where these disagree: `python -m ml.evaluation ballots FILE`."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import rankdata

from ml.decision.agreement import alpha_interval, kendall_w
from ml.decision.ballots import (
    UNRANKED,
    Ballots,
    borda,
    condorcet_winner,
    copeland,
    fit_ballots,
    kemeny,
    method_sensitive,
    preferences,
)
from ml.decision.crossed_model import DIGITS, Floats, Ints
from ml.decision.kemeny import MOST_ITEMS
from ml.evaluation.preflib import Election, parse_preflib

K = 10
SEED = 7


@dataclass(frozen=True, eq=False)
class Results:
    """One value per alternative; a place is the first that it shares. Kemeny is None above 60 alternatives."""

    names: tuple[str, ...]
    n_ballots: int
    plackett_luce: Floats
    spread: Floats
    borda: Floats
    copeland: Floats
    kemeny: Ints | None
    n_agreements: int | None
    n_preferences: int
    condorcet_winner: int | None
    kendall_w: float | None
    alpha: float
    alpha_low: float
    alpha_high: float
    is_sensitive: np.ndarray


def as_ballots(election: Election) -> Ballots:
    """The orders as arrays; what a voter left out is UNRANKED: below all that they placed."""
    shape = (len(election.orders), len(election.names))
    places = np.full(shape, UNRANKED)
    for voter, order in enumerate(election.orders):
        for place, group in enumerate(order.groups, 1):
            places[voter, list(group)] = place
    ballot, item = np.indices(shape)
    return Ballots(ballot.ravel(), item.ravel(), places.ravel())


def count(election: Election, *, k: int = K) -> Results:
    """The orders of an election by every method, and how far its voters agree."""
    ballots, n = as_ballots(election), len(election.names)
    fit = fit_ballots(ballots, n_items=n)
    places = ballots.place.reshape(-1, n)
    ranks = rankdata(np.where(places == UNRANKED, n + 1, places), axis=1)
    agreement = alpha_interval(ranks, seed=SEED)
    order, n_agreements = kemeny(ballots, n_items=n) if n <= MOST_ITEMS else (None, None)
    return Results(
        names=election.names,
        n_ballots=len(election.orders),
        plackett_luce=fit.value,
        spread=np.sqrt(np.diag(fit.covariance)),
        borda=borda(ballots, n_items=n),
        copeland=copeland(ballots, n_items=n),
        kemeny=order,
        n_agreements=n_agreements,
        n_preferences=int(preferences(ballots, n_items=n).sum()),
        condorcet_winner=condorcet_winner(ballots, n_items=n),
        kendall_w=kendall_w(ranks) if min(ranks.shape) > 1 else None,
        alpha=agreement.alpha,
        alpha_low=agreement.low,
        alpha_high=agreement.high,
        is_sensitive=method_sensitive(ballots, n_items=n, k=min(k, n))[0],
    )


def ballot_lines(path: Path, *, k: int = K) -> Iterator[str]:
    """The table that the command prints. Raises: BadPrefLib, OSError or UnicodeDecodeError on a bad file."""
    results = count(parse_preflib(path.read_text(encoding="utf-8")), k=k)
    n = len(results.names)
    yield f"{results.n_ballots} orders of {n} alternatives, first {min(k, n)}"
    yield from _agreement_lines(results)
    places = {
        "PL": places_by(results.plackett_luce),
        "Borda": places_by(results.borda),
        "Copeland": places_by(results.copeland),
    }
    if results.kemeny is not None:
        places["Kemeny"] = np.argsort(results.kemeny) + 1
    yield f"{'':28}{'value':>8}{'±':>7}" + "".join(f"{name:>10}" for name in places)
    for item in np.argsort(-np.round(results.plackett_luce, DIGITS), kind="stable").tolist():
        values = f"{results.plackett_luce[item]:8.3f}{results.spread[item]:7.3f}"
        cells = "".join(f"{column[item]:10d}" for column in places.values())
        mark = "  depends on the method" if results.is_sensitive[item] else ""
        yield f"{results.names[item][:27]:28}{values}{cells}{mark}"


def places_by(score: Floats) -> Ints:
    """Place of each by a score, 1 for the highest; ties share the first place of theirs, NaN comes last."""
    return rankdata(-np.round(np.nan_to_num(score, nan=-np.inf), DIGITS), method="min").astype(np.int64)


def _agreement_lines(results: Results) -> Iterator[str]:
    winner = results.condorcet_winner
    yield f"Condorcet winner: {'none' if winner is None else results.names[winner]}"
    if results.n_agreements is not None:
        yield f"Kemeny: agrees with {results.n_agreements} of {results.n_preferences} preferences between two"
    w = "needs two orders" if results.kendall_w is None else f"{results.kendall_w:.3f}"
    yield f"Kendall's W: {w}"
    yield f"Krippendorff's alpha (ordinal): {results.alpha:.3f} ({results.alpha_low:.3f} to {results.alpha_high:.3f})"
