"""The candidates whom one organizer may see: not themselves, and nobody whose questions they wrote or reviewed."""

from sqlalchemy.orm import Session

from solicit.invitations.queries.candidates import Candidate, CandidatePool
from solicit.invitations.queries.hidden import hidden_person_ids


def visible_candidates(session: Session, *, pool: CandidatePool, viewer_id: int) -> tuple[Candidate, ...]:
    """Everybody else is left out before anything is counted, sorted or shown; one statement."""
    hidden = hidden_person_ids(session, viewer_id=viewer_id)
    return tuple(candidate for candidate in pool.candidates if hidden.isdisjoint(candidate.account_ids))
