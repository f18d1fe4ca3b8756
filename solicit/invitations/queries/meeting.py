"""Where and when a call meets, and the letterhead of its letters."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.invitations.models import Meeting

LAST_MINUTE = time(23, 59)


@dataclass(frozen=True)
class MeetingView:
    """A meeting as pages, letters and calendars tell it."""

    title: str
    starts_on: date
    ends_on: date
    time_zone: str
    venue: str
    city: str
    country: str
    organization: str
    address: str
    contact: str
    signatory: str
    signatory_title: str
    letter_text: str
    online_address: str
    keep_travel_days: int

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def place(self) -> str:
        return ", ".join(part for part in (self.venue, self.city) if part)

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(self.starts_on + timedelta(days=n) for n in range((self.ends_on - self.starts_on).days + 1))

    def local(self, moment: datetime) -> datetime:
        """A moment by the clocks of the place."""
        return moment.astimezone(self.zone)

    def end_of(self, day: date) -> datetime:
        """The last minute of a day where the meeting is."""
        return datetime.combine(day, LAST_MINUTE, self.zone)

    def is_over(self, now: datetime) -> bool:
        return now >= datetime.combine(self.ends_on + timedelta(days=1), time(), self.zone)

    @property
    def keep_travel_until(self) -> date:
        """The last day on which travel details are kept."""
        return self.ends_on + timedelta(days=self.keep_travel_days)

    def as_json(self) -> dict:
        return asdict(self) | {"starts_on": self.starts_on.isoformat(), "ends_on": self.ends_on.isoformat()}


FIELDS = tuple(MeetingView.__dataclass_fields__)


def meeting_of(session: Session, *, call_id: int) -> MeetingView | None:
    """The meeting of a call, if its organizers have said where and when; one statement."""
    stored = session.scalar(sa.select(Meeting).where(Meeting.call_id == call_id))
    return view_of(stored) if stored else None


def view_of(stored: Meeting) -> MeetingView:
    return MeetingView(**{name: getattr(stored, name) for name in FIELDS})


def meeting_from_json(values: dict) -> MeetingView:
    days = {name: date.fromisoformat(values[name]) for name in ("starts_on", "ends_on")}
    return MeetingView(**values | days)
