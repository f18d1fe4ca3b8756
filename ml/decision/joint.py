"""One posterior of all evidence: ratings, then comparisons and ballots on top of them.

The draws of the rating model give a Gaussian prior of the questions that were compared or ordered. The likelihood of
comparisons and ballots, with one number of logits per rubric point, gives their mode and Laplace covariance. Then
every joint draw is moved: those questions to the new mean and covariance, all others by regression on them.

Source: METHODS.md 1d, 1g; docs/decisions/0017.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve, cholesky, solve_triangular
from threadpoolctl import threadpool_limits

from ml.decision.ballots import Ballots, ballot_choices
from ml.decision.choices import LONE_SPREAD, Choices, connected_parts, fit_choices, join_choices
from ml.decision.comparisons import Comparisons, comparison_choices
from ml.decision.crossed_model import Floats, Ints
from ml.decision.draw_covariance import draw_covariance

# Without ratings the scale is a convention: the middle of a rubric from 1 to 5, two logits to a rubric point.
LONE_MIDDLE = 3.0
LONE_KAPPA = 2.0
# A spread below this, in rubric points, is none.
SMALLEST_SPREAD = 1e-6

WITHOUT_RATINGS = "without_ratings"
CHOICES_FALL_APART = "choices_fall_apart"


@dataclass(frozen=True, eq=False)
class JointPosterior:
    """What all evidence says of the questions, on the rubric's scale.

    draws: float, shape (n_questions, n_draws). mean: float, shape (n_questions,); of the draws where nothing was
    compared or ordered. kappa: logits per rubric point, NaN without comparisons and ballots.
    notes: WITHOUT_RATINGS if the scale is a convention; CHOICES_FALL_APART if questions of one group were compared
    or ordered that no chain of choices joins, so that only ratings relate them.
    """

    draws: Floats
    mean: Floats
    kappa: float
    notes: tuple[str, ...]


def join_evidence(
    *,
    rating_draws: Floats | None,
    group: Ints,
    comparisons: Comparisons | None,
    ballots: Ballots | None,
    seed: int,
    n_draws: int = 2000,
) -> JointPosterior:
    """Add comparisons and ballots to what the ratings say.

    rating_draws: float, shape (n_questions, n_draws), joint draws on the rubric's scale; None if nothing was rated.
    group: int, shape (n_questions,); theme x kind. Questions are numbered alike in all parts.
    Without comparisons and ballots the draws come back as they are. Without ratings (or where these leave no
    spread at all) every value has the prior N(3, 0.75²): 1.5 logits at two logits a rubric point, and a note says so.
    ``seed`` and ``n_draws`` matter only then. The result depends on the order of the rows in its last digits: sort
    them first where bytes must repeat.
    Raises: ValueError on comparisons or ballots of questions that do not exist.
    Source: METHODS.md 1d, 1e, 1g.
    """
    n_questions = len(group)
    choices = _all_choices(comparisons, ballots, n_questions)
    is_lone = rating_draws is None or (len(choices.weight) > 0 and np.ptp(rating_draws) <= SMALLEST_SPREAD)
    draws = _lone_draws(n_questions, n_draws, seed) if is_lone else rating_draws
    notes = (WITHOUT_RATINGS,) if is_lone else ()
    if len(choices.weight) == 0:
        return JointPosterior(draws, draws.mean(axis=1), float("nan"), notes)
    if _falls_apart(choices, group):
        notes += (CHOICES_FALL_APART,)
    with threadpool_limits(limits=1, user_api="blas"):
        draws, mean, kappa = _moved(draws, choices, LONE_KAPPA if is_lone else None)
    return JointPosterior(draws, mean, kappa, notes)


def _all_choices(comparisons: Comparisons | None, ballots: Ballots | None, n_questions: int) -> Choices:
    nothing = np.zeros(0, dtype=np.int64)
    parts = [comparison_choices(comparisons or Comparisons(nothing, nothing, np.zeros(0)), n_questions)]
    if ballots is not None:
        parts.append(ballot_choices(ballots, n_questions))
    return join_choices(parts)


def _lone_draws(n_questions: int, n_draws: int, seed: int) -> Floats:
    random = np.random.default_rng(seed)
    return LONE_MIDDLE + LONE_SPREAD / LONE_KAPPA * random.standard_normal((n_questions, n_draws))


def _moved(draws: Floats, choices: Choices, kappa: float | None) -> tuple[Floats, Floats, float]:
    """Draws and means after the choices, and the logits per rubric point."""
    chosen = choices.chosen_from
    others = np.setdiff1d(np.arange(len(draws)), chosen)
    covariance = draw_covariance(draws)
    before = covariance.within(chosen)
    mean = draws.mean(axis=1)
    fit = fit_choices(choices.among(chosen), mean=mean[chosen], covariance=before, kappa=kappa)
    # With the Cholesky factors of both covariances, old deviations become new ones.
    standard = solve_triangular(cholesky(before, lower=True), draws[chosen] - mean[chosen, None], lower=True)
    moved = fit.value[:, None] + cholesky(fit.covariance, lower=True) @ standard
    regression = cho_solve(cho_factor(before, lower=True), covariance.between(chosen, others)).T
    result = draws.copy()
    result[others] += regression @ (moved - draws[chosen])
    result[chosen] = moved
    mean[others] += regression @ (fit.value - mean[chosen])
    mean[chosen] = fit.value
    return result, mean, fit.kappa


def _falls_apart(choices: Choices, group: Ints) -> bool:
    part = connected_parts(choices)
    chosen = choices.chosen_from
    pairs = np.unique(np.column_stack([group[chosen], part[chosen]]), axis=0)
    return len(pairs) > len(np.unique(group[chosen]))
