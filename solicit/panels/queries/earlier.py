"""What a panelist said of a question in an earlier round of its series: what scoring it again begins with."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from solicit.panels.models import Assignment, Criterion, Review, Round, Score
from solicit.panels.queries.rounds import CriterionView
from solicit.panels.states import AssignmentState, Confidence
from solicit.questions.models import Question


@dataclass(frozen=True)
class Earlier:
    """A panelist's own latest review in the rounds before; comments are not repeated."""

    round_name: str
    confidence: Confidence
    scores: tuple[int | None, ...]  # in the order of the criteria now
    wording_changed: bool


def earlier_review() -> sa.Label:
    """For a statement about an assignment, its round and its question: the review before it, as JSON or NULL."""
    asked, round_ = aliased(Assignment), aliased(Round)
    scores = (
        sa.select(sa.func.jsonb_object_agg(Criterion.key, Score.value))
        .select_from(Score)
        .join(Criterion, Criterion.id == Score.criterion_id)
        .where(Score.assignment_id == asked.id)
        .scalar_subquery()
    )
    changed = Review.text_digest != Question.text_digest
    told = ("round", round_.name, "confidence", Review.confidence, "scores", scores, "changed", changed)
    found = (
        sa.select(sa.func.jsonb_build_object(*told))
        .select_from(asked)
        .join(round_, round_.id == asked.round_id)
        .join(Review, Review.assignment_id == asked.id)
        .where(asked.question_id == Assignment.question_id, asked.person_id == Assignment.person_id)
        .where(asked.state == AssignmentState.SUBMITTED, round_.id < Round.id)
        .where(sa.func.coalesce(round_.follows_id, round_.id) == Round.follows_id)
        .order_by(round_.id.desc())
        .limit(1)
        .correlate(Assignment, Round, Question)
    )
    return found.scalar_subquery().label("earlier")


def earlier_from(found: dict | None, criteria: tuple[CriterionView, ...]) -> Earlier | None:
    if found is None:
        return None
    scores = found["scores"] or {}
    return Earlier(
        round_name=found["round"],
        confidence=Confidence(found["confidence"]),
        scores=tuple(scores.get(criterion.key) for criterion in criteria),
        wording_changed=found["changed"],
    )
