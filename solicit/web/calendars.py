"""Calendar files: times are UTC, which every calendar shows in the zone of its reader; whole days stay days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from icalendar import Calendar, Event

from solicit.web.addresses import public_host

ICS_TYPE = "text/calendar; charset=utf-8; method=PUBLISH"


@dataclass(frozen=True, kw_only=True)
class CalendarEvent:
    """Something at a place; whole days end on the day after the last.

    ``key`` names it for good, so that a calendar that reads the file again changes what it has.
    """

    key: str
    title: str
    place: str
    starts: date
    ends: date
    changed_at: datetime
    text: str = ""
    url: str = ""


def calendar_file(events: Iterable[CalendarEvent]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//solicit//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for each in events:
        calendar.add_component(_component(each))
    return calendar.to_ical()


def _component(each: CalendarEvent) -> Event:
    event = Event()
    event.add("uid", f"{each.key}@{public_host()}")
    event.add("dtstamp", each.changed_at)
    event.add("dtstart", _in_utc(each.starts))
    event.add("dtend", _in_utc(each.ends))
    event.add("summary", each.title)
    event.add("location", each.place)
    for name, value in (("description", each.text), ("url", each.url)):
        if value:
            event.add(name, value)
    return event


def _in_utc(moment: date) -> date:
    return moment.astimezone(UTC) if isinstance(moment, datetime) else moment
