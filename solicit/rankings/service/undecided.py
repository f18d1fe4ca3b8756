"""What must not be frozen: a question that may belong to the first, with too few ratings to say."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.models import RoleGrant
from solicit.access.policy import Role
from solicit.errors import Refused
from solicit.panels.queries.conflicts import conflict_pairs
from solicit.questions.models import Question
from solicit.questions.states import question_label
from solicit.rankings.service.compute import Computed, promising_without_evidence
from solicit.words import N_


def check_evidence(session: Session, *, inputs: dict, computed: Computed) -> None:
    """Raise Refused where a staged series left promising questions without enough ratings.

    They are named by number, which says nothing of their chances, unless somebody who may read it is in conflict.
    """
    promising = [row.question_id for row in promising_without_evidence(computed.rows)]
    if not inputs["is_staged"] or not promising:
        return
    found = session.execute(
        sa.select(Question.kind, Question.number)
        .where(Question.id.in_(promising), Question.id.not_in(_in_conflict_with_readers()))
        .order_by(Question.number)
    )
    raise Refused(
        N_("These questions have too few ratings and may still belong to the first: %(labels)s. Ask for more."),
        labels=", ".join([question_label(kind, number) or "" for kind, number in found][:10]) or "–",
    )


def _in_conflict_with_readers() -> sa.Select:
    """The questions with which an organizer or chair of their call is in conflict."""
    pairs = conflict_pairs()
    return (
        sa.select(pairs.c.question_id)
        .join(Question, Question.id == pairs.c.question_id)
        .join(RoleGrant, sa.and_(RoleGrant.person_id == pairs.c.person_id, RoleGrant.call_id == Question.call_id))
        .where(RoleGrant.role.in_((Role.ORGANIZER, Role.CHAIR)))
    )
