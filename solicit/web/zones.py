"""Local times: what somebody writes in a time zone, as a moment, and a moment as clocks there show it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

WRITTEN = "%Y-%m-%d %H:%M"


class SkippedTime(ValueError):
    """Clocks are put forward over this time: it does not exist on that day."""


@dataclass(frozen=True)
class LocalMoment:
    """A moment, and whether clocks show its local time a second time on that day."""

    moment: datetime
    is_doubled: bool


@cache
def zone_names() -> tuple[str, ...]:
    """The zones of places, and UTC; the rest are other names of them."""
    return tuple(sorted(name for name in available_timezones() if name == "UTC" or _is_place(name)))


def moment_in(zone: str, local: datetime, *, is_late: bool) -> LocalMoment:
    """The moment of a local time; of one that comes twice the first, or the second if ``is_late``."""
    first, second = (local.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1))
    chosen = (second if is_late else first).astimezone(UTC)
    if chosen.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) != local:
        raise SkippedTime
    return LocalMoment(chosen, first.utcoffset() != second.utcoffset())


def written_in(zone: str, moment: datetime) -> str:
    """A moment like “2027-02-28 23:59”, as people write it in a zone."""
    return moment.astimezone(ZoneInfo(zone)).strftime(WRITTEN)


def _is_place(name: str) -> bool:
    continent, _, place = name.partition("/")
    return bool(place) and continent not in ("Etc", "SystemV", "US", "Canada", "Brazil", "Chile", "Mexico", "posix")
