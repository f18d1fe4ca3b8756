"""Whom an organizer does not see as a candidate: themselves, and who wrote what they wrote or reviewed."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.invitations.queries.pool.unite import accounts_of
from solicit.invitations.queries.selections import conflicted_questions
from solicit.panels.queries.conflicts import own_pairs


def hidden_person_ids(session: Session, *, viewer_id: int) -> frozenset[int]:
    """The people hidden from an organizer, who has perhaps another account; one statement."""
    wrote = own_pairs().subquery()
    writers = sa.select(wrote.c.person_id).where(wrote.c.question_id.in_(conflicted_questions(viewer_id)))
    return frozenset(session.scalars(writers.union(accounts_of(viewer_id))))
