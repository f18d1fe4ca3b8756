"""Repeating a selection from what is stored of it."""

from sqlalchemy.orm import Session

from solicit.invitations.models import Selection
from solicit.invitations.queries.stored import stored_selection
from solicit.invitations.service.selecting.problem import pose
from solicit.invitations.service.selecting.solve import solve


def verify_selection(session: Session, selection_id: int) -> bool:
    """Whether the stored candidates and limits give the stored result again, byte for byte.

    False too for selections of before there was a digest of results. Raises SolverStopped.
    """
    if session.get_one(Selection, selection_id).result_digest is None:
        return False
    stored = stored_selection(session, selection_id=selection_id)
    posed = pose(stored.pool, stored.limits, kept=stored.kept)
    given = posed.input_digest, solve(posed).result_digest
    return given == (stored.input_digest, stored.result_digest)
