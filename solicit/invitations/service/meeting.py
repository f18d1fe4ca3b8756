"""Saying where and when a call meets, and how its letters look."""

from datetime import datetime
from zoneinfo import available_timezones

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.errors import Refused
from solicit.invitations.models import Meeting
from solicit.invitations.queries.meeting import FIELDS, MeetingView
from solicit.words import N_

MOST_DAYS_KEPT = 365


def set_meeting(session: Session, *, call_id: int, meeting: MeetingView, actor_id: int, now: datetime) -> None:
    """Keep the meeting of a call; letters that were prepared before keep what they say."""
    if meeting.ends_on < meeting.starts_on:
        raise Refused(N_("The meeting must not end before it starts."))
    if meeting.time_zone not in available_timezones():
        raise Refused(N_("Choose the time zone of the meeting."))
    if not 0 <= meeting.keep_travel_days <= MOST_DAYS_KEPT:
        raise Refused(N_("Enter a number of days from 0 to 365"))
    values = {name: getattr(meeting, name) for name in FIELDS} | {"changed_at": now}
    session.execute(
        insert(Meeting)
        .values(call_id=call_id, **values)
        .on_conflict_do_update(index_elements=[Meeting.call_id], set_=values)
    )
    record(session, act="change", subject="meeting", subject_id=call_id, call_id=call_id, actor_id=actor_id, now=now)


def locked_meeting(session: Session, *, call_id: int) -> Meeting:
    """The meeting, locked: one change of a programme at a time, and letters prepared one batch after the other."""
    wanted = sa.select(Meeting).where(Meeting.call_id == call_id).with_for_update()
    meeting = session.scalar(wanted.execution_options(populate_existing=True))
    if meeting is None:
        raise Refused(N_("Say first where and when the meeting is."))
    return meeting
