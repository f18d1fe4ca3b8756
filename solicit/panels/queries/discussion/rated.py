"""Ratings of closed scoring rounds as the database computes them."""

import sqlalchemy as sa

from solicit.panels.models import Assignment, Criterion, Review, Round, Score
from solicit.panels.queries.conflicts import conflict_pairs
from solicit.panels.states import Activity, AssignmentState, RoundState


def rated_reviews() -> sa.Select:
    """Submitted reviews of closed rounds, conflicts left out, with their rating; add conditions on Round.

    A rating is the weighted mean of the scores, NULL outside one's expertise; that half of the weight is answered was
    seen to when it was sent. An open round is never told of.
    """
    weight, points = sa.func.sum(Criterion.weight), sa.func.sum(Score.value * Criterion.weight)
    in_conflict = sa.tuple_(Assignment.question_id, Assignment.person_id).in_(sa.select(conflict_pairs()))
    return (
        sa.select(
            Round.id.label("round_id"),
            Assignment.question_id,
            Assignment.person_id,
            Review.comment_to_panel,
            Review.comment_hidden_at,
            (sa.cast(points, sa.Double) / weight).label("rating"),
        )
        .join(Assignment, Assignment.round_id == Round.id)
        .join(Review, Review.assignment_id == Assignment.id)
        .outerjoin(Score, Score.assignment_id == Assignment.id)
        .outerjoin(Criterion, Criterion.id == Score.criterion_id)
        .where(Round.activity == Activity.SCORING, Round.state.in_((RoundState.CLOSED, RoundState.FROZEN)))
        .where(Assignment.state == AssignmentState.SUBMITTED, ~in_conflict)
        .group_by(Round.id, Assignment.id, Review.assignment_id)
    )
