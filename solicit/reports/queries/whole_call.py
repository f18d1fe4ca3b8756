"""Who may take the complete package of a call away, and when.

It holds everything: so nobody who has a part in any of its questions, or is considered for an invitation, may have
it, and nobody before the rounds are closed, because it holds the votes.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.access.queries import organizers_of
from solicit.calls.queries import CallFacts
from solicit.invitations.models import Invitation, Nomination, Selection, SelectionCandidate
from solicit.invitations.queries.pool.unite import one_orcid
from solicit.panels.models import Round
from solicit.panels.states import RoundState
from solicit.questions.models import Question
from solicit.questions.queries.involvement import involved_people


def whole_call_subject(session: Session, *, call: CallFacts) -> Subject:
    """Facts for the policy about everything of a call: the organizers who must not see a part of it; one statement."""
    accounts = _accounts_of(organizers_of(call.id)).subquery()
    involved = sa.union(involved_people(sa.select(Question.id).where(Question.call_id == call.id)), *_considered(call))
    found = session.scalars(sa.select(accounts.c.organizer_id).where(accounts.c.account_id.in_(involved)))
    return Subject(call_id=call.id, conflicted_ids=frozenset(found))


def n_unfinished_rounds(session: Session, *, call: CallFacts) -> int:
    """Rounds in which votes are being given."""
    is_open = Round.call_id == call.id, Round.state == RoundState.OPEN
    return session.scalar(sa.select(sa.func.count()).select_from(Round).where(*is_open))


def _accounts_of(organizers: sa.Select) -> sa.CompoundSelect:
    """(organizer_id, account_id): the account of each organizer, and those with the same ORCID iD."""
    own = organizers.subquery()
    pairs = one_orcid().subquery()
    same = sa.select(own.c.person_id.label("organizer_id"), own.c.person_id.label("account_id"))
    others = sa.select(own.c.person_id, pairs.c.other_id).join(pairs, pairs.c.person_id == own.c.person_id)
    return same.union(others)


def _considered(call: CallFacts) -> tuple[sa.Select, ...]:
    """Whoever was proposed, weighed or invited."""
    weighed = sa.select(SelectionCandidate.person_id).join(Selection, Selection.id == SelectionCandidate.selection_id)
    return (
        sa.select(Nomination.person_id).where(Nomination.call_id == call.id),
        weighed.where(Selection.call_id == call.id),
        sa.select(Invitation.person_id).where(Invitation.call_id == call.id),
    )
