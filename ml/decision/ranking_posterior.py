"""The posterior that a ranking is read off: a model of the ratings, then comparisons and ballots."""

from dataclasses import dataclass

import numpy as np

from ml.decision.crossed_model import Floats, Ints
from ml.decision.joint import join_evidence
from ml.decision.ranking_evidence import Evidence
from ml.decision.robust_model import fit_robust_model, sweeps_for
from ml.decision.scoring import CrossedFit, draw_question_values, fit_crossed_model

# The models of the ratings: M0 and M1 of METHODS.md 1b.
CROSSED = "crossed"
ROBUST = "robust"


@dataclass(frozen=True, eq=False)
class Posterior:
    """Draws and means of all evidence, the means by ratings alone (NaN if unrated), and what to tell of the fit."""

    draws: Floats
    mean: Floats
    mean_by_ratings: Floats
    crossed: CrossedFit | None
    notes: tuple[str, ...]


def posterior_of(evidence: Evidence, *, group: Ints, model: str, seed: int, n_draws: int) -> Posterior:
    """Fit the ratings by CROSSED or ROBUST, and join the other evidence. group: int, shape (n_questions,)."""
    crossed, mean, draws, notes = _rating_posterior(evidence, model, seed, n_draws)
    joint = join_evidence(
        rating_draws=draws,
        group=group,
        comparisons=evidence.comparisons,
        ballots=evidence.ballots,
        seed=seed,
        n_draws=n_draws,
    )
    if draws is None:
        return Posterior(joint.draws, joint.mean, np.full(evidence.n_questions, np.nan), None, joint.notes)
    # The model knows its means better than a few thousand draws tell them: only the difference is taken from those.
    joint_mean = mean if joint.draws is draws else mean + (joint.mean - draws.mean(axis=1))
    by_ratings = np.where(evidence.n_ratings > 0, mean, np.nan)
    return Posterior(joint.draws, joint_mean, by_ratings, crossed, (*notes, *joint.notes))


def _rating_posterior(
    evidence: Evidence, model: str, seed: int, n_draws: int
) -> tuple[CrossedFit | None, Floats | None, Floats | None, tuple[str, ...]]:
    """The crossed fit, means and draws by ratings alone, and notes; nothing if there are no ratings."""
    if len(evidence.rating) == 0:
        return None, None, None, ()
    if model == ROBUST:
        robust = fit_robust_model(
            rating=evidence.rating, **evidence.design, seed=seed, n_sweeps=sweeps_for(n_draws), n_draws=n_draws
        )
        crossed, mean, draws = robust.start, robust.mean + robust.question_effect, robust.draws
    else:
        crossed = fit_crossed_model(rating=evidence.rating, **evidence.design)
        mean = crossed.mean + crossed.question_effect
        draws = draw_question_values(crossed, n_draws=n_draws, seed=seed)
    notes = [f"boundary_{name}_variance" for name in crossed.at_boundary]
    notes += [f"assumed_{name}_variance" for name in crossed.assumed]
    return crossed, mean, draws, tuple(notes)
