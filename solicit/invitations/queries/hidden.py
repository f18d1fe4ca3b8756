"""Whom an organizer does not see as a candidate: themselves, and who wrote what they wrote or reviewed."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.invitations.queries.selections import conflicted_question_ids
from solicit.panels.queries.conflicts import own_pairs


def hidden_person_ids(session: Session, *, viewer_id: int) -> frozenset[int]:
    """The people hidden from an organizer; two statements, one without a conflict."""
    question_ids = conflicted_question_ids(session, viewer_id=viewer_id)
    if not question_ids:
        return frozenset({viewer_id})
    wrote = own_pairs().subquery()
    writers = sa.select(wrote.c.person_id).where(wrote.c.question_id.in_(question_ids))
    return frozenset({viewer_id, *session.scalars(writers)})
