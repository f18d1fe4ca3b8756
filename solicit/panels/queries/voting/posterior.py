"""What a series says of the questions of a comparing round at this moment: ratings first, then comparisons.

For choosing pairs, and for when to stop; no panelist is ever shown anything of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session, aliased

from ml.decision.choices import lone_prior
from ml.decision.comparisons import PairFit, fit_comparisons
from ml.decision.scoring import draw_question_values, places_announced
from solicit.calls.models import Call
from solicit.panels.models import Round, RoundQuestion
from solicit.panels.queries.results import fit_ratings, rating_values
from solicit.panels.queries.series import first_of
from solicit.panels.queries.voting.results import ComparedPair, comparisons_of
from solicit.questions.models import Question
from solicit.questions.states import QuestionState

Floats = NDArray[np.float64]

N_DRAWS = 400
# Of a question's variance: keeps the covariance of few draws, or of questions that nobody rated, invertible.
SMALLEST_RIDGE = 1e-6
ALONE = 1.0
_IS_RANKED = sa.and_(Question.state == QuestionState.IN_SCOPE, Question.theme_id.is_not(None))


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


def shortlists(session: Session, *, round_id: int) -> tuple[Round, dict[int, Shortlist]]:
    """A comparing round, and its questions by theme; five statements."""
    places = sa.select(Call.n_places).where(Call.id == Round.call_id).scalar_subquery()
    found = session.execute(
        sa.select(Round, Question.id, Question.theme_id, places, _n_in_theme())
        .outerjoin(RoundQuestion, RoundQuestion.round_id == Round.id)
        .outerjoin(Question, (Question.id == RoundQuestion.question_id) & _IS_RANKED)
        .where(Round.id == round_id)
        .order_by(Question.text_digest, Question.id)
        .execution_options(populate_existing=True)
    ).all()
    round_ = found[0].Round
    themes: dict[int, list[int]] = {}
    k: dict[int, int] = {}
    for _, question_id, theme_id, n_places, n_in_theme in found:
        if question_id is not None:
            themes.setdefault(theme_id, []).append(question_id)
            k[theme_id] = int(places_announced(n_in_theme, n_places))
    first_id = first_of(round_)
    votes = comparisons_of(session, first_id=first_id)
    draws = rated_draws(rating_values(session, round_id=first_id), seed=round_.seed)
    lists = {id_: _shortlist(id_, tuple(ids), k[id_], draws, votes) for id_, ids in sorted(themes.items())}
    return round_, lists


def _n_in_theme() -> sa.ScalarSelect[int]:
    """How many questions are ranked together with the one of the outer statement."""
    beside = aliased(Question)
    same = [getattr(beside, name) == getattr(Question, name) for name in ("call_id", "kind", "theme_id", "state")]
    return sa.select(sa.func.count()).select_from(beside).where(*same).correlate(Question).scalar_subquery()


# While pairs are compared the ratings hardly change: the same ones are fitted once in a process.
@lru_cache(maxsize=2)
def rated_draws(given: tuple[tuple[int, int, float], ...], *, seed: int) -> Mapping[int, Floats]:
    """Draws of the value of every rated question, by the fast model; nothing where fewer than two are rated."""
    questions = sorted({question_id for question_id, _, _ in given})
    if len(questions) < 2:
        return {}
    fit = fit_ratings(given, index={question_id: n for n, question_id in enumerate(questions)}, seed=seed)
    draws = draw_question_values(fit, n_draws=N_DRAWS, seed=seed)
    return dict(zip(questions, draws, strict=True))


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
