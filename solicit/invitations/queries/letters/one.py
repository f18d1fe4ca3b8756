"""One invitation, as organizers who may see the person read it."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts
from solicit.invitations.models import Invitation
from solicit.invitations.queries.letters.rows import InvitationRow, invitations_of_call


def invitation_subject(session: Session, *, call: CallFacts, invitation_id: int, **_) -> Subject | None:
    """Facts for the policy: an invitation belongs to its call."""
    found = sa.select(Invitation.call_id).where(Invitation.id == invitation_id, Invitation.call_id == call.id)
    call_id = session.scalar(found)
    return Subject(call_id=call_id) if call_id else None


def invitation_row(
    session: Session, *, call: CallFacts, invitation_id: int, viewer_id: int, locale: str
) -> InvitationRow | None:
    """The invitation, unless its person is hidden from the reader; two statements."""
    rows = invitations_of_call(session, call=call, viewer_id=viewer_id, locale=locale)
    return next((row for row in rows.visible if row.id == invitation_id), None)
