"""Times as pages show them: in UTC, or on the clocks of a zone, in the reader's language."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, format_timedelta
from flask import Flask
from flask_babel import get_locale
from flask_babel import gettext as _

ENGLISH_DAY = "d MMMM y"  # of the two ways in use, the one that cannot be misread


def install_dates(app: Flask) -> None:
    app.jinja_env.filters["utc_time"] = utc_time
    app.jinja_env.filters["utc_day"] = utc_day
    app.jinja_env.filters["day"] = day
    app.jinja_env.filters["span"] = span
    app.jinja_env.filters["wall_clock"] = wall_clock
    app.jinja_env.filters["zoned_time"] = zoned_time


def utc_time(moment: datetime) -> str:
    """“15 December 2026, 23:59 UTC” in the reader's language."""
    clock = format_time(moment.astimezone(UTC), "HH:mm", locale=get_locale())
    return _("%(day)s, %(clock)s UTC", day=utc_day(moment), clock=clock)


def zoned_time(moment: datetime, zone: str) -> str:
    """“16 December 2026, 07:59 in Asia/Shanghai”, in the reader's language."""
    local = moment.astimezone(ZoneInfo(zone))
    return _("%(day)s, %(clock)s in %(zone)s", day=day(local.date()), clock=wall_clock(local), zone=zone)


def span(length: timedelta) -> str:
    """“3 minutes”: how long something takes, in its largest unit."""
    if length < timedelta(seconds=1):
        return _("less than a second")
    return format_timedelta(length, locale=get_locale())


def wall_clock(moment: datetime) -> str:
    """“09:30”, as a clock at the moment's own place shows it."""
    return format_time(moment.time(), "HH:mm", locale=get_locale())


def utc_day(moment: datetime) -> str:
    return day(moment.astimezone(UTC).date())


def day(date_: date) -> str:
    return _day(date_, get_locale())


@lru_cache(maxsize=2_000)
def _day(date_: date, locale: Locale) -> str:
    """A list shows the same few days on every row."""
    return format_date(date_, ENGLISH_DAY if locale.language == "en" else "long", locale=locale)
