"""What a series says of the questions of a comparing round at this moment: ratings first, then comparisons.

For choosing pairs, and for when to stop; no panelist is ever shown anything of it.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from ml.decision.choices import lone_prior
from ml.decision.comparisons import PairFit, fit_comparisons
from ml.decision.scoring import composite_rating, draw_question_values, fit_crossed_model
from solicit.calls.models import Call
from solicit.panels.models import Round
from solicit.panels.queries.results import Rating, ratings
from solicit.panels.queries.rounds import criteria_of
from solicit.panels.queries.series import first_of
from solicit.panels.queries.voting.results import ComparedPair, comparisons_of
from solicit.panels.queries.voting.voter import is_listed
from solicit.questions.models import Question
from solicit.questions.states import QuestionState

Floats = NDArray[np.float64]

N_DRAWS = 400
# Of a question's variance: keeps the covariance of few draws, or of questions that nobody rated, invertible.
SMALLEST_RIDGE = 1e-6
# A theme announces at most a third of what is ranked in it (RULES.md section 5).
LARGEST_SHARE = 3
ALONE = 1.0


@dataclass(frozen=True, eq=False)
class Shortlist:
    """The questions of one theme, in the order of their wordings, with what ratings say of them.

    mean, covariance: of their values before any comparison. scale: kappa if there are no ratings, else None.
    """

    theme_id: int
    question_ids: tuple[int, ...]
    k: int
    mean: Floats
    covariance: Floats
    scale: float | None
    votes: tuple[ComparedPair, ...]

    def without_last(self, n: int) -> "Shortlist":
        """The same before its last ``n`` comparisons, at the steepness that all of them show."""
        return replace(self, votes=self.votes[: max(len(self.votes) - n, 0)], scale=self.posterior.kappa)

    @cached_property
    def posterior(self) -> PairFit:
        """The values given the comparisons."""
        index = {question_id: n for n, question_id in enumerate(self.question_ids)}
        return fit_comparisons(
            first=np.array([index[vote.first_question_id] for vote in self.votes], dtype=np.int64),
            second=np.array([index[vote.second_question_id] for vote in self.votes], dtype=np.int64),
            share=np.array([vote.share for vote in self.votes], dtype=float),
            prior_mean=self.mean,
            prior_covariance=self.covariance,
            scale=self.scale,
        )


def shortlists(session: Session, *, round_: Round) -> dict[int, Shortlist]:
    """The questions of a comparing round by theme; five statements."""
    first_id = first_of(round_)
    themes: dict[int, list[int]] = {}
    found = session.execute(
        sa.select(Question.id, Question.theme_id)
        .where(is_listed(round_.id), Question.state == QuestionState.IN_SCOPE, Question.theme_id.is_not(None))
        .order_by(Question.text_digest, Question.id)
    )
    for question_id, theme_id in found:
        themes.setdefault(theme_id, []).append(question_id)
    votes = comparisons_of(session, first_id=first_id)
    given = ratings(session, round_id=first_id)
    weights = tuple(criterion.weight for criterion in criteria_of(session, round_id=first_id))
    draws = rated_draws(given, weights, seed=round_.seed)
    places = _places(session, round_)
    return {
        theme_id: _shortlist(theme_id, tuple(ids), places[theme_id], draws, votes)
        for theme_id, ids in sorted(themes.items())
    }


# While pairs are compared the ratings hardly change: the same ones are fitted once in a process.
@lru_cache(maxsize=2)
def rated_draws(given: tuple[Rating, ...], weights: tuple[int, ...], *, seed: int) -> Mapping[int, Floats]:
    """Draws of the value of every rated question, by the fast model; nothing where fewer than two are rated."""
    scores = np.array([rating.scores for rating in given], dtype=float).reshape(-1, len(weights))
    values = composite_rating(scores, np.array(weights, dtype=float))
    counted = [(r, float(v)) for r, v in zip(given, values, strict=True) if np.isfinite(v) and not r.is_outside]
    questions = sorted({rating.question_id for rating, _ in counted})
    if len(questions) < 2:
        return {}
    # Panelists by a digest, not by the order in which they were seated.
    people = sorted(
        {r.person_id for r, _ in counted}, key=lambda id_: hashlib.sha256(f"{seed} {id_}".encode()).digest()
    )
    number = {person_id: n for n, person_id in enumerate(people)}
    index = {question_id: n for n, question_id in enumerate(questions)}
    rows = sorted((index[r.question_id], number[r.person_id], value) for r, value in counted)
    question, panelist, rating = (np.array(column) for column in zip(*rows, strict=True))
    fit = fit_crossed_model(
        question=question, panelist=panelist, rating=rating, n_questions=len(index), n_panelists=len(people)
    )
    draws = draw_question_values(fit, n_draws=N_DRAWS, seed=seed)
    return dict(zip(questions, draws, strict=True))


def _digest(seed: int, person_id: int) -> bytes:
    return hashlib.sha256(f"{seed} {person_id}".encode()).digest()


def _places(session: Session, round_: Round) -> dict[int, int]:
    """The places announced in each theme: at most a third of its questions of this kind, at least one."""
    found = session.execute(
        sa.select(Question.theme_id, Call.n_places, sa.func.count())
        .join(Call, Call.id == Question.call_id)
        .where(Question.call_id == round_.call_id, Question.kind == round_.kind)
        .where(Question.state == QuestionState.IN_SCOPE, Question.theme_id.is_not(None))
        .group_by(Question.theme_id, Call.n_places)
    )
    return {theme_id: int(np.clip(n // LARGEST_SHARE, 1, n_places)) for theme_id, n_places, n in found}


def _shortlist(
    theme_id: int, ids: tuple[int, ...], k: int, draws: Mapping[int, Floats], votes: Sequence[ComparedPair]
) -> Shortlist:
    inside = frozenset(ids)
    theirs = tuple(vote for vote in votes if {vote.first_question_id, vote.second_question_id} <= inside)
    mean, covariance, scale = _prior(ids, draws)
    return Shortlist(theme_id, ids, min(k, max(len(ids) - 1, 1)), mean, covariance, scale, theirs)


def _prior(ids: tuple[int, ...], draws: Mapping[int, Floats]) -> tuple[Floats, Floats, float | None]:
    """Mean and covariance of the values by ratings; what was not rated is as uncertain as the rated are different."""
    rated = np.array([draws[id_] for id_ in ids if id_ in draws])
    if len(rated) < 2:
        return *lone_prior(len(ids)), ALONE
    middle, spread = rated.mean(axis=0).mean(), float(rated.std(axis=0).mean())
    is_rated = np.array([id_ in draws for id_ in ids])
    mean = np.full(len(ids), middle)
    covariance = np.diag(np.full(len(ids), max(spread**2, SMALLEST_RIDGE)))
    mean[is_rated] = rated.mean(axis=1)
    covariance[np.ix_(is_rated, is_rated)] = np.cov(rated)
    covariance[np.diag_indices(len(ids))] += SMALLEST_RIDGE * max(spread**2, 1.0)
    return mean, covariance, None
