"""What scoring yielded in a series of rounds: the raw ratings that a ranking is computed from."""

from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from ml.decision.scoring import composite_rating
from solicit.panels.models import Assignment, Criterion, Review, Round, Score
from solicit.panels.queries.conflicts import conflict_pairs
from solicit.panels.queries.series import in_series
from solicit.panels.states import AssignmentState, Confidence


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
    no scores.
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
    found = session.execute(
        sa.select(Assignment.question_id, Assignment.person_id, Review.confidence, values)
        .join(Review, Review.assignment_id == Assignment.id)
        .join(Round, Round.id == Assignment.round_id)
        .where(in_series(round_id), Assignment.state == AssignmentState.SUBMITTED, ~in_conflict)
        .ext(distinct_on(Assignment.question_id, Assignment.person_id))
        .order_by(Assignment.question_id, Assignment.person_id, Assignment.round_id.desc())
    )
    return tuple(
        Rating(question_id, person_id, confidence, tuple((given or {}).get(key) for key in keys))
        for question_id, person_id, confidence, given in found
    )


def rating_values(session: Session, *, round_id: int) -> tuple[tuple[int, int, float], ...]:
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
