"""Whom an organizer does not see: themselves, and whoever wrote a question in which the organizer has a part.

Every page, count, file and order of candidates, invitations and the meeting asks here before anything is counted.
The same people everywhere, also where no ranking holds what they wrote: somebody named on one page and missing on
another would be known as such an author.
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
    """One organizer, the questions that they wrote, sent, judge or are in a conflict with, and who wrote these."""

    viewer_id: int
    question_ids: frozenset[int]
    person_ids: frozenset[int]

    def hides(self, candidate: Candidate | SelectionCandidate | None) -> bool:
        """Whether a person is hidden; somebody of whom nothing is known is hidden from everybody."""
        if candidate is None:
            return True
        accounts = {self.viewer_id, *self.person_ids}
        is_writer = not accounts.isdisjoint((candidate.person_id, *candidate.also_ids))
        return is_writer or not self.question_ids.isdisjoint(candidate.question_ids)


def sight_of(session: Session, *, viewer_id: int) -> Sight:
    """One statement."""
    questions, nothing = questions_of(viewer_id).cte(), sa.cast(sa.null(), sa.BigInteger)
    writers = _writers_of(sa.select(questions.c.question_id)).subquery()
    both = sa.union_all(sa.select(questions.c.question_id, nothing), sa.select(nothing, writers.c.person_id))
    rows = session.execute(both).all()
    question_ids, person_ids = (frozenset(filter(None, ids)) for ids in zip(*rows, strict=True)) if rows else ((), ())
    return Sight(viewer_id, frozenset(question_ids), frozenset(person_ids))


def is_hidden_from(viewer_id: int) -> sa.ColumnElement[bool]:
    """As ``Sight.hides``, of the candidates of a statement; NULL where nothing is known of somebody."""
    questions = questions_of(viewer_id)
    writers = sa.func.array(_writers_of(questions).scalar_subquery())
    return sa.or_(
        SelectionCandidate.person_id == viewer_id,
        SelectionCandidate.person_id == sa.any_(writers),
        sa.literal(viewer_id) == sa.any_(SelectionCandidate.also_ids),
        SelectionCandidate.also_ids.op("&&", is_comparison=True)(writers),
        SelectionCandidate.question_ids.op("&&", is_comparison=True)(sa.func.array(questions.scalar_subquery())),
    )


def visible_candidates(session: Session, *, pool: CandidatePool, viewer_id: int) -> tuple[Candidate, ...]:
    """The candidates of a pool whom an organizer may see; one statement."""
    sight = sight_of(session, viewer_id=viewer_id)
    return tuple(candidate for candidate in pool.candidates if not sight.hides(candidate))


def hidden_person_ids(session: Session, *, viewer_id: int) -> frozenset[int]:
    """The people hidden from an organizer, who has perhaps another account, candidates or not; one statement."""
    return frozenset(session.scalars(_writers_of(questions_of(viewer_id)).union(accounts_of(viewer_id))))


def _writers_of(question_ids: sa.SelectBase) -> sa.Select:
    """The ids of who wrote or sent one of these questions."""
    wrote = own_pairs().subquery()
    return sa.select(wrote.c.person_id).where(wrote.c.question_id.in_(question_ids))
