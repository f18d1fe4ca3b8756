"""How sure a selection is, given how unsure the ranking is: the same choice made in every posterior draw."""

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from ml.decision.selection import select_candidates
from ml.decision.selection_model import NODE_LIMIT
from ml.decision.selection_problem import Bools, Ints, SelectionProblem

Floats = NDArray[np.float64]

CLEAR_SHARE = 0.8
LIKELY_SHARE = 0.5
BEST_QUESTIONS = 3

Report = Callable[[int], None]


class Stability(StrEnum):
    """How often a candidate is chosen over the draws."""

    CLEAR = "clear"
    LIKELY = "likely"
    NEAR_LINE = "near_line"


def merit_of_draws(in_top_k: Bools, author_share: Floats) -> Ints:
    """Merit of every candidate in every draw, int, shape (n_draws, n_candidates).

    A draw is one possible truth: one joint sample of the values of all questions of all frozen rankings, as
    likely as any other given the ratings. In it a question either is among the first k of its theme and kind or
    is not, and the questions of one draw belong together (the same severities, the same competitors). A person's
    merit in it is that of RULES.md 6 with 1 or 0 in place of P(top-k): 100 x the sum of the best three shares
    1 / number of authors over their questions among the first k. The mean over many draws is not quite the
    announced merit: the best three are picked anew in each draw, so it is a little higher for whoever has more
    than three questions.
    in_top_k: bool, shape (n_draws, n_questions). author_share: shape (n_candidates, n_questions); 1 / number of
    authors for an author, else 0.
    """
    draws = [_best_three(author_share * is_in[None, :]) for is_in in in_top_k]
    return np.array(draws, dtype=np.int64).reshape(len(in_top_k), len(author_share))


def coverage_of_draws(in_top_k: Bools) -> Ints:
    """Coverage value of every question in every draw: 100 if it is among the first k, else 0."""
    return 100 * in_top_k.astype(np.int64)


def inclusion_shares(
    problem: SelectionProblem,
    merit_draws: Ints,
    coverage_draws: Ints,
    *,
    report: Report | None = None,
    node_limit: int = NODE_LIMIT,
) -> Floats:
    """Share of the draws in which each candidate is chosen, shape (n_candidates,).

    ``report(draw)`` is called before each draw and may raise to stop.
    merit_draws: int, shape (n_draws, n_candidates). coverage_draws: int, shape (n_draws, n_questions).
    Raises: InfeasibleSelection; SolverStopped.
    Source: METHODS.md 3a.
    """
    n_chosen = np.zeros(problem.n_candidates, dtype=np.int64)
    for draw, (merit, coverage) in enumerate(zip(merit_draws, coverage_draws, strict=True)):
        if report is not None:
            report(draw)
        n_chosen += chosen_in_draw(problem, merit, coverage, node_limit=node_limit)
    return n_chosen / len(merit_draws)


def chosen_in_draw(problem: SelectionProblem, merit: Ints, coverage: Ints, *, node_limit: int = NODE_LIMIT) -> Bools:
    """Who is chosen if the draw is the truth: an exact selection with the draw's merit and coverage.

    Among equals the announced merit (that of the problem) decides, then the tie rank.
    Raises: InfeasibleSelection; SolverStopped.
    """
    drawn = replace(problem, merit=merit, coverage_value=coverage, announced_merit=problem.merit)
    return select_candidates(drawn, node_limit=node_limit).chosen


def stability_of(share: float, *, is_chosen: bool) -> Stability | None:
    """Label of one candidate; None for those left out who are chosen in less than half of the draws."""
    if not is_chosen:
        return Stability.NEAR_LINE if share >= LIKELY_SHARE else None
    if share >= CLEAR_SHARE:
        return Stability.CLEAR
    return Stability.LIKELY if share >= LIKELY_SHARE else Stability.NEAR_LINE


def _best_three(share: Floats) -> Ints:
    """100 x the sum of the three largest of each row, added in order of size, so that columns may come in any."""
    largest = np.sort(share, axis=1)[:, -BEST_QUESTIONS:]
    return np.rint(100 * largest.sum(axis=1)).astype(np.int64)
