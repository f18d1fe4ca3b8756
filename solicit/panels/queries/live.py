"""What a series says at this moment, by the fast model: for the next batch and the shortlist, never for raters."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ml.decision.allocation import expected_overlap, second_stage_k
from ml.decision.crossed_model import DIGITS
from ml.decision.scoring import draw_question_values, places_announced, top_k_probability
from solicit.calls.models import Call
from solicit.panels.models import Round
from solicit.panels.queries.results import RatingValue, fit_ratings, rating_values
from solicit.panels.queries.series import round_questions
from solicit.questions.models import Question

N_DRAWS = 1_000


@dataclass(frozen=True, eq=False)
class LiveFit:
    """One entry per question, in the order of their wordings; themes are numbered by ``theme_ids``.

    raters: who gave each question a rating that counts. p_top_k, p_wider: chances to be among the first k, or 2.5 k,
    of the theme. iqr: how far apart the middle half of its ratings is, 0 with fewer than two.
    """

    question_ids: tuple[int, ...]
    theme_ids: tuple[int, ...]
    group: np.ndarray
    k: np.ndarray
    n_ratings: np.ndarray
    p_top_k: np.ndarray
    p_wider: np.ndarray
    iqr: np.ndarray
    raters: tuple[frozenset[int], ...]
    has_ratings: bool

    def overlap(self) -> dict[int, float]:
        """For each theme how many of those announced as its first would truly be, as a share, in expectation."""
        shares = {}
        for number, theme_id in enumerate(self.theme_ids):
            chance = self.p_top_k[self.group == number]
            shares[theme_id] = round(expected_overlap(chance, int(self.k[number])), 3)
        return shares

    def first_of_themes(self, chance: np.ndarray, n_of_theme: np.ndarray) -> list[int]:
        """Indexes of the questions with the largest ``chance``, so many of each theme."""
        chosen: list[int] = []
        for theme in range(len(self.theme_ids)):
            members = np.flatnonzero(self.group == theme)
            best = members[np.argsort(-chance[members], kind="stable")]
            chosen += best[: int(n_of_theme[theme])].tolist()
        return chosen


def live_fit(session: Session, *, first: Round, seed: int) -> LiveFit:
    """Fit the ratings of a series as they are now; the same ratings and seed give the same numbers."""
    questions = session.execute(
        sa.select(Question.id, Question.theme_id)
        .where(round_questions(first))
        .order_by(Question.text_digest, Question.id)
    ).all()
    theme_ids = tuple(sorted({theme_id for _, theme_id in questions}))
    index = {question_id: n for n, (question_id, _) in enumerate(questions)}
    group = np.array([theme_ids.index(theme_id) for _, theme_id in questions], dtype=np.int64)
    n_places = session.scalar(sa.select(Call.n_places).where(Call.id == first.call_id))
    k = places_announced(np.bincount(group, minlength=len(theme_ids)), n_places)
    given = [row for row in rating_values(session, round_id=first.id) if row[0] in index]
    values = _by_question(given, index)
    chances = _chances(given, index, group, k, seed)
    return LiveFit(
        question_ids=tuple(index),
        theme_ids=theme_ids,
        group=group,
        k=k,
        n_ratings=np.array([len(each) for each in values], dtype=np.int64),
        p_top_k=chances[0],
        p_wider=chances[1],
        iqr=np.array([_iqr(list(each.values())) for each in values]),
        raters=tuple(frozenset(each) for each in values),
        has_ratings=bool(given),
    )


def _chances(
    given: list[RatingValue], index: dict[int, int], group: np.ndarray, k: np.ndarray, seed: int
) -> np.ndarray:
    """P(top-k) and P(top-2.5 k) of every question; without ratings every question of a theme is like the others."""
    wider = second_stage_k(k)
    if not given:
        sizes = np.bincount(group, minlength=len(k))
        return np.array([np.minimum(places[group] / sizes[group], 1.0) for places in (k, wider)])
    fit = fit_ratings(given, index=index, seed=seed)
    draws = draw_question_values(fit, n_draws=N_DRAWS, seed=seed % 2**63)
    return np.array([top_k_probability(draws, group=group, k=places) for places in (k, wider)]).round(DIGITS)


def _by_question(given: list[RatingValue], index: dict[int, int]) -> list[dict[int, float]]:
    values: dict[int, dict[int, float]] = defaultdict(dict)
    for question_id, person_id, rating in given:
        values[index[question_id]][person_id] = rating
    return [values[n] for n in range(len(index))]


def _iqr(ratings: list[float]) -> float:
    if len(ratings) < 2:
        return 0.0
    low, high = np.quantile(ratings, [0.25, 0.75])
    return float(round(high - low, DIGITS))
