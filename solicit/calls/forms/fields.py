"""Fields of call set-up: numbers within bounds, days, and local times of a time zone."""

from datetime import date, datetime

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import ValidationError
from wtforms.validators import InputRequired, NumberRange

from solicit.web.forms import Line, WholeNumber
from solicit.web.zones import WRITTEN, LocalMoment, SkippedTime, moment_in

FIRST_YEAR, LAST_YEAR = 2020, 2100


def number(label, least: int, most: int) -> WholeNumber:
    message = _l("Enter a whole number from %(least)s to %(most)s", least=least, most=most)
    return WholeNumber(label, validators=[InputRequired(message), NumberRange(least, most, message)])


def local_time(text: str, zone: str, *, is_late: bool) -> LocalMoment:
    """What somebody wrote like “2027-02-28 23:59”, as a moment; raises ValidationError in words for what is none."""
    try:
        local = datetime.strptime(text, WRITTEN)
    except ValueError:
        raise ValidationError(gettext("Write the time like 2027-02-28 23:59")) from None
    if not FIRST_YEAR <= local.year <= LAST_YEAR:
        raise ValidationError(gettext("Give a date between 2020 and 2100"))
    try:
        return moment_in(zone, local, is_late=is_late)
    except SkippedTime:
        raise ValidationError(
            gettext("Clocks in %(zone)s are put forward over this time on that day. Choose another time", zone=zone)
        ) from None


class DayLine(Line):
    """A day, typed like 2027-02-28."""

    day: date | None = None

    def post_validate(self, form, validation_stopped: bool) -> None:
        if not self.data:
            return
        try:
            self.day = date.fromisoformat(self.data)
        except ValueError:
            raise ValidationError(_l("Write the day like 2027-02-28")) from None
        if not FIRST_YEAR <= self.day.year <= LAST_YEAR:
            raise ValidationError(_l("Give a date between 2020 and 2100"))
