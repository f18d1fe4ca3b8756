"""Calendar files; times are UTC, which every calendar shows in the zone of its reader."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event


@dataclass(frozen=True, kw_only=True)
class CalendarEvent:
    """``key`` names it for good, so that a calendar that reads the file again changes what it has."""

    key: str
    title: str
    place: str
    text: str
    starts_at: datetime
    minutes: int


def calendar_file(events: Iterable[CalendarEvent], *, host: str, now: datetime) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//solicit//programme//EN")
    calendar.add("version", "2.0")
    for each in events:
        event = Event()
        event.add("uid", f"{each.key}@{host}")
        event.add("dtstamp", now)
        event.add("dtstart", each.starts_at.astimezone(UTC))
        event.add("dtend", (each.starts_at + timedelta(minutes=each.minutes)).astimezone(UTC))
        event.add("summary", each.title)
        event.add("location", each.place)
        event.add("description", each.text)
        calendar.add_component(event)
    return calendar.to_ical()
