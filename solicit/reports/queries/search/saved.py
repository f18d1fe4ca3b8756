"""The searches that somebody keeps under a name."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts
from solicit.reports.models import SavedSearch


@dataclass(frozen=True)
class SavedLine:
    id: int
    name: str
    query: str


def saved_searches(session: Session, *, call: CallFacts, person_id: int) -> tuple[SavedLine, ...]:
    """What one person keeps of a call, by name; one statement."""
    own = sa.select(SavedSearch.id, SavedSearch.name, SavedSearch.query).where(
        SavedSearch.call_id == call.id, SavedSearch.person_id == person_id
    )
    rows = session.execute(own.order_by(sa.func.lower(SavedSearch.name), SavedSearch.id))
    return tuple(SavedLine(*row) for row in rows)


def saved_search_subject(session: Session, *, call: CallFacts, search_id: int, **_) -> Subject | None:
    """Facts for the policy: whose search it is; one statement."""
    wanted = sa.select(SavedSearch.person_id).where(SavedSearch.id == search_id, SavedSearch.call_id == call.id)
    person_id = session.scalar(wanted)
    return Subject(call_id=call.id, owner_ids=frozenset({person_id})) if person_id else None
