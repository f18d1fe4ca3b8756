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
    """One organizer, and the questions that they wrote, sent, judge or are in a conflict with."""

    viewer_id: int
    question_ids: frozenset[int]

    def hides(self, candidate: Candidate | SelectionCandidate | None) -> bool:
        """Whether a person is hidden; somebody of whom nothing is known is hidden from everybody."""
        if candidate is None:
            return True
        is_oneself = self.viewer_id in (candidate.person_id, *candidate.also_ids)
        return is_oneself or not self.question_ids.isdisjoint(candidate.question_ids)


def sight_of(session: Session, *, viewer_id: int) -> Sight:
    """One statement."""
    return Sight(viewer_id, frozenset(session.scalars(questions_of(viewer_id))))


def is_hidden_from(viewer_id: int) -> sa.ColumnElement[bool]:
    """As ``Sight.hides``, of the candidates of a statement; NULL where nothing is known of somebody."""
    return sa.or_(
        SelectionCandidate.person_id == viewer_id,
        sa.literal(viewer_id) == sa.any_(SelectionCandidate.also_ids),
        SelectionCandidate.question_ids.op("&&", is_comparison=True)(
            sa.func.array(questions_of(viewer_id).scalar_subquery())
        ),
    )


def visible_candidates(session: Session, *, pool: CandidatePool, viewer_id: int) -> tuple[Candidate, ...]:
    """The candidates of a pool whom an organizer may see; one statement."""
    sight = sight_of(session, viewer_id=viewer_id)
    return tuple(candidate for candidate in pool.candidates if not sight.hides(candidate))


def hidden_person_ids(session: Session, *, viewer_id: int) -> frozenset[int]:
    """The people hidden from an organizer, who has perhaps another account, candidates or not; one statement."""
    wrote = own_pairs().subquery()
    writers = sa.select(wrote.c.person_id).where(wrote.c.question_id.in_(questions_of(viewer_id)))
    return frozenset(session.scalars(writers.union(accounts_of(viewer_id))))
