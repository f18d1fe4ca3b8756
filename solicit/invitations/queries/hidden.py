"""Whom an organizer does not see as a candidate: themselves, and who wrote what they wrote or judge.

On every page the same people: somebody who is hidden on one of them and named on another is known as such an author,
also where no ranking holds what they wrote.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.invitations.models import SelectionCandidate
from solicit.panels.queries.conflicts import own_pairs
from solicit.questions.queries.involvement import questions_of


@dataclass(frozen=True)
class Hidden:
    """The people hidden from an organizer, themselves too, and the questions for which they are."""

    person_ids: frozenset[int]
    question_ids: frozenset[int]

    def hides(self, candidate: SelectionCandidate) -> bool:
        """Whether a candidate is hidden, by any account, or by what their selection knew of them."""
        is_writer = not self.person_ids.isdisjoint((candidate.person_id, *candidate.also_ids))
        return is_writer or not self.question_ids.isdisjoint(candidate.question_ids)


def hidden_from(session: Session, *, viewer_id: int) -> Hidden:
    """What is hidden from an organizer; one statement."""
    questions = questions_of(viewer_id).cte()
    writers = writers_of(sa.select(questions.c.question_id)).subquery()
    none = sa.cast(sa.null(), sa.BigInteger)
    both = sa.union_all(sa.select(questions.c.question_id, none), sa.select(none, writers.c.person_id))
    rows = session.execute(both).all()
    people = {person_id for _, person_id in rows if person_id is not None}
    return Hidden(frozenset({viewer_id, *people}), frozenset(number for number, _ in rows if number is not None))


def hidden_person_ids(session: Session, *, viewer_id: int) -> frozenset[int]:
    """The people hidden from an organizer, themselves too; one statement."""
    return frozenset({viewer_id, *session.scalars(writers_of(questions_of(viewer_id)))})


def writers_of(question_ids: sa.SelectBase) -> sa.Select:
    """The ids of who wrote or sent one of these questions."""
    wrote = own_pairs().subquery()
    return sa.select(wrote.c.person_id).where(wrote.c.question_id.in_(question_ids))
