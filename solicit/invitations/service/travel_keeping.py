"""Every night: travel details that nobody needs any more go, and the others are sealed with the present key."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.invitations.models import Invitation, Meeting, TravelDocument
from solicit.invitations.service.travel_seal import CannotOpen, is_of_first_key, seal, unseal
from solicit.invitations.states import COMING, Attendance


@dataclass(frozen=True)
class Resealed:
    """What became of the seals of an older key."""

    n_resealed: int
    n_shut: int


def forget_old_travel(session: Session, *, now: datetime) -> int:
    """Delete the details of meetings that are over for as long as was said, and of everybody who does not come.

    Readings stay. Returns how many were deleted.
    """
    is_over = Meeting.ends_on + sa.cast(Meeting.keep_travel_days, sa.Integer) < now.date()
    useless = (
        sa.select(Invitation.id)
        .outerjoin(Meeting, Meeting.call_id == Invitation.call_id)
        .where(
            sa.or_(
                is_over,
                Meeting.call_id.is_(None),
                Invitation.state.not_in(COMING),
                Invitation.attendance == Attendance.ONLINE,
            )
        )
    )
    return session.execute(sa.delete(TravelDocument).where(TravelDocument.invitation_id.in_(useless))).rowcount


def reseal_travel(session: Session) -> Resealed:
    """Seal with the first key what another one sealed; after that the other key may go."""
    n_resealed = n_shut = 0
    stored = sa.select(TravelDocument).order_by(TravelDocument.invitation_id).with_for_update()
    for document in session.scalars(stored.execution_options(populate_existing=True)):
        bound = dict(invitation_id=document.invitation_id)
        if is_of_first_key(document.sealed, **bound):
            continue
        try:
            document.sealed = seal(unseal(document.sealed, **bound), **bound)
            n_resealed += 1
        except CannotOpen:
            n_shut += 1
    session.flush()
    return Resealed(n_resealed, n_shut)
