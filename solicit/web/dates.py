"""Times as pages show them: always UTC, in the reader's language."""

from datetime import UTC, date, datetime

from flask import Flask
from flask_babel import format_date, format_datetime
from flask_babel import gettext as _

DAY = "d MMMM y"


def install_dates(app: Flask) -> None:
    app.jinja_env.filters["utc_time"] = utc_time
    app.jinja_env.filters["utc_day"] = utc_day
    app.jinja_env.filters["day"] = day


def utc_time(moment: datetime) -> str:
    """“15 December 2026, 23:59 UTC” in the reader's language."""
    day, clock = utc_day(moment), format_datetime(moment.astimezone(UTC), "HH:mm", rebase=False)
    return _("%(day)s, %(clock)s UTC", day=day, clock=clock)


def utc_day(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), DAY, rebase=False)


def day(date_: date) -> str:
    return format_date(date_, DAY)
