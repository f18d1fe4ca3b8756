"""What scoring yielded in a series of rounds: the raw ratings that a ranking is computed from."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from ml.decision.scoring import CrossedFit, composite_rating, fit_crossed_model
from solicit.panels.models import Assignment, Criterion, Review, Round, Score
from solicit.panels.queries.conflicts import conflict_pairs
from solicit.panels.queries.series import in_series
from solicit.panels.states import AssignmentState, Confidence, RoundState

# (question_id, person_id, rating on the rubric's scale)
RatingValue = tuple[int, int, float]


@dataclass(frozen=True)
class Rating:
    """One submitted review; its scores are in the order of the criteria, None where unanswered."""

    question_id: int
    person_id: int
    confidence: Confidence
    scores: tuple[int | None, ...]

    @property
    def is_outside(self) -> bool:
        return self.confidence is Confidence.OUTSIDE


def ratings(session: Session, *, round_id: int) -> tuple[Rating, ...]:
    """The latest submitted review of each panelist and question of the series that ``round_id`` began; two statements.

    Whoever is in a conflict is left out, and so are abstentions and voided assignments. A later round of scoring
    asks by the criteria of the first, which are known by their keys. A review outside the panelist's expertise has
    no scores. A later round says nothing before it has closed: what is computed from it would tell how others score.
    """
    keys = session.scalars(
        sa.select(Criterion.key).where(Criterion.round_id == round_id).order_by(Criterion.position)
    ).all()
    values = (
        sa.select(sa.func.jsonb_object_agg(Criterion.key, Score.value))
        .select_from(Score)
        .join(Criterion, Criterion.id == Score.criterion_id)
        .where(Score.assignment_id == Assignment.id, Score.value.is_not(None))
        .scalar_subquery()
    )
    in_conflict = sa.tuple_(Assignment.question_id, Assignment.person_id).in_(sa.select(conflict_pairs()))
    may_tell = sa.or_(Round.id == round_id, Round.state != RoundState.OPEN)
    found = session.execute(
        sa.select(Assignment.question_id, Assignment.person_id, Review.confidence, values)
        .join(Review, Review.assignment_id == Assignment.id)
        .join(Round, Round.id == Assignment.round_id)
        .where(in_series(round_id), may_tell, Assignment.state == AssignmentState.SUBMITTED, ~in_conflict)
        .ext(distinct_on(Assignment.question_id, Assignment.person_id))
        .order_by(Assignment.question_id, Assignment.person_id, Assignment.round_id.desc())
    )
    return tuple(
        Rating(question_id, person_id, confidence, tuple((given or {}).get(key) for key in keys))
        for question_id, person_id, confidence, given in found
    )


def rating_values(session: Session, *, round_id: int) -> tuple[RatingValue, ...]:
    """(question_id, person_id, rating) on the rubric's scale, of everybody who rated in the series; three statements.

    A rating is the weighted mean of at least half of the weight; without reviews there is nothing to weigh, and
    perhaps no criterion either.
    """
    given = [rating for rating in ratings(session, round_id=round_id) if not rating.is_outside]
    if not given:
        return ()
    weights = session.scalars(
        sa.select(Criterion.weight).where(Criterion.round_id == round_id).order_by(Criterion.position)
    ).all()
    scores = np.array([rating.scores for rating in given], dtype=float).reshape(len(given), len(weights))
    values = composite_rating(scores, np.array(weights, dtype=float))
    return tuple(
        (rating.question_id, rating.person_id, float(value))
        for rating, value in zip(given, values, strict=True)
        if np.isfinite(value)
    )


def fit_ratings(given: Collection[RatingValue], *, index: Mapping[int, int], seed: int) -> CrossedFit:
    """The fast model (M0) of some ratings; ``index`` numbers their questions, the same seed gives the same bytes."""
    # Panelists by a digest, not by the order in which they were seated.
    people = sorted({p for _, p, _ in given}, key=lambda p: hashlib.sha256(f"{seed} {p}".encode()).digest())
    number = {person_id: n for n, person_id in enumerate(people)}
    rows = sorted((index[question_id], number[person_id], value) for question_id, person_id, value in given)
    question, panelist, rating = (np.array(column) for column in zip(*rows, strict=True))
    return fit_crossed_model(
        question=question, panelist=panelist, rating=rating, n_questions=len(index), n_panelists=len(people)
    )
