"""What must not be frozen: a question that may belong to the first, with too few ratings to say."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.errors import Refused
from solicit.questions.models import Question
from solicit.questions.states import question_label
from solicit.rankings.service.compute import Computed, promising_without_evidence
from solicit.words import N_


def check_evidence(session: Session, *, inputs: dict, computed: Computed) -> None:
    """Raise Refused, and name them, where a staged series left promising questions without enough ratings."""
    promising = {row.question_id: row.p_top_k for row in promising_without_evidence(computed.rows)}
    found = session.execute(sa.select(Question.id, Question.kind, Question.number).where(Question.id.in_(promising)))
    by_chance = sorted(found, key=lambda row: (-promising[row.id], row.number))
    labels = [question_label(kind, number) or "" for _, kind, number in by_chance]
    if inputs["is_staged"] and labels:
        raise Refused(
            N_("These questions have too few ratings and may still belong to the first: %(labels)s. Ask for more."),
            labels=", ".join(labels[:10]),
        )
