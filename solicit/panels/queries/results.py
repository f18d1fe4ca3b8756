"""What a round yielded: the raw ratings that a ranking is computed from."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.panels.models import Assignment, Criterion, Review, Score
from solicit.panels.queries.conflicts import conflict_pairs
from solicit.panels.states import AssignmentState, Confidence


@dataclass(frozen=True)
class Rating:
    """One submitted review; its scores are in the order of the criteria, None where unanswered."""

    question_id: int
    person_id: int
    is_outside: bool
    scores: tuple[int | None, ...]


def ratings(session: Session, *, round_id: int) -> tuple[Rating, ...]:
    """Every submitted review of a round whose panelist is in no conflict, by question and panelist; two statements.

    A review outside the panelist's expertise has no scores. Abstentions and voided assignments are not here.
    """
    criteria = session.scalars(
        sa.select(Criterion.id).where(Criterion.round_id == round_id).order_by(Criterion.position)
    ).all()
    pairs = conflict_pairs()
    values = sa.func.coalesce(
        sa.func.jsonb_object_agg(Score.criterion_id, Score.value).filter(Score.value.is_not(None)), sa.text("'{}'")
    )
    found = session.execute(
        sa.select(Assignment.question_id, Assignment.person_id, Review.confidence, values)
        .join(Review, Review.assignment_id == Assignment.id)
        .outerjoin(Score, Score.assignment_id == Assignment.id)
        .where(Assignment.round_id == round_id, Assignment.state == AssignmentState.SUBMITTED)
        .where(sa.tuple_(Assignment.question_id, Assignment.person_id).not_in(sa.select(pairs)))
        .group_by(Assignment.id, Review.assignment_id)
        .order_by(Assignment.question_id, Assignment.person_id)
    )
    return tuple(
        Rating(question_id, person_id, confidence is Confidence.OUTSIDE, tuple(given.get(str(c)) for c in criteria))
        for question_id, person_id, confidence, given in found
    )
