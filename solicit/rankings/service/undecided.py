"""What must not be frozen: a question that may belong to the first, with too few ratings to say."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.panels.service.rounds import refuse_undecided
from solicit.questions.models import Question
from solicit.questions.states import question_label
from solicit.rankings.service.compute import Computed, promising_without_evidence


def check_evidence(session: Session, *, inputs: dict, computed: Computed) -> None:
    """Raise Refused, and name them, where a staged series left promising questions without enough ratings."""
    promising = {row.question_id: row.p_top_k for row in promising_without_evidence(computed.rows)}
    found = session.execute(sa.select(Question.id, Question.kind, Question.number).where(Question.id.in_(promising)))
    by_chance = sorted(found, key=lambda row: (-promising[row.id], row.number))
    labels = [question_label(kind, number) or "" for _, kind, number in by_chance]
    refuse_undecided(is_staged=inputs["is_staged"], labels=labels)
