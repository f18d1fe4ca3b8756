"""One change of the programme at a time."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.errors import Refused
from solicit.invitations.models import Meeting
from solicit.invitations.queries.meeting import MeetingView, view_of
from solicit.words import N_


def lock_meeting(session: Session, *, call_id: int) -> MeetingView:
    """Let nobody else change the programme until the transaction ends; it needs the meeting's days."""
    of_call = sa.select(Meeting).where(Meeting.call_id == call_id).with_for_update()
    meeting = session.scalar(of_call.execution_options(populate_existing=True))
    if meeting is None:
        raise Refused(N_("Say first when and where the meeting is."))
    return view_of(meeting)
