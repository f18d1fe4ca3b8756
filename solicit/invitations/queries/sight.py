"""Whom an organizer does not see: themselves, and whoever wrote a question in which the organizer has a part.

Every page, count, file and order of candidates, invitations and the meeting asks here before anything is counted.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.invitations.models import SelectionCandidate
from solicit.invitations.queries.candidates import Candidate, CandidatePool
from solicit.invitations.queries.pool.unite import accounts_of
from solicit.panels.queries.conflicts import own_pairs
from solicit.questions.queries.involvement import questions_of


@dataclass(frozen=True)
class Sight:
    """One organizer, the questions that they wrote, sent, judge or are in a conflict with, and who is hidden for it.

    person_ids: whoever wrote one of the questions, ranked or not, and the organizer by every account: somebody who
    is hidden on one page and named on another would be known as such an author.
    """

    viewer_id: int
    question_ids: frozenset[int]
    person_ids: frozenset[int]

    def hides(self, candidate: Candidate | SelectionCandidate | None) -> bool:
        """Whether a person is hidden; somebody of whom nothing is known is hidden from everybody."""
        if candidate is None:
            return True
        is_writer = not self.person_ids.isdisjoint((candidate.person_id, *candidate.also_ids))
        return is_writer or not self.question_ids.isdisjoint(candidate.question_ids)


def sight_of(session: Session, *, viewer_id: int) -> Sight:
    """One statement."""
    questions = questions_of(viewer_id).cte()
    people = _hidden_people(viewer_id, sa.select(questions.c.question_id)).subquery()
    none = sa.cast(sa.null(), sa.BigInteger)
    both = sa.union_all(sa.select(questions.c.question_id, none), sa.select(none, people.c.person_id))
    rows = session.execute(both).all()
    return Sight(
        viewer_id,
        frozenset(number for number, _ in rows if number is not None),
        frozenset(person_id for _, person_id in rows if person_id is not None),
    )


def is_hidden_from(viewer_id: int) -> sa.ColumnElement[bool]:
    """As ``Sight.hides``, of the candidates of a statement; NULL where nothing is known of somebody."""
    questions = questions_of(viewer_id)
    people = sa.func.array(_hidden_people(viewer_id, questions).scalar_subquery())
    return sa.or_(
        SelectionCandidate.person_id == sa.any_(people),
        SelectionCandidate.also_ids.op("&&", is_comparison=True)(people),
        SelectionCandidate.question_ids.op("&&", is_comparison=True)(sa.func.array(questions.scalar_subquery())),
    )


def _hidden_people(viewer_id: int, question_ids: sa.SelectBase) -> sa.CompoundSelect:
    """Whoever wrote or sent one of these questions, and every account of the organizer."""
    wrote = own_pairs().subquery()
    writers = sa.select(wrote.c.person_id).where(wrote.c.question_id.in_(question_ids))
    return writers.union(accounts_of(viewer_id))


def visible_candidates(session: Session, *, pool: CandidatePool, viewer_id: int) -> tuple[Candidate, ...]:
    """The candidates of a pool whom an organizer may see; one statement."""
    sight = sight_of(session, viewer_id=viewer_id)
    return tuple(candidate for candidate in pool.candidates if not sight.hides(candidate))


def hidden_person_ids(session: Session, *, viewer_id: int) -> frozenset[int]:
    """The people hidden from an organizer, candidates or not; one statement."""
    return sight_of(session, viewer_id=viewer_id).person_ids
