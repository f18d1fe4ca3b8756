"""Fields that several forms of panels share."""

from datetime import UTC

from flask_babel import lazy_gettext as _l
from wtforms import DateTimeField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange
from wtforms.widgets import TextInput

from solicit.web.forms import Line, WholeNumber

NAME_LONGEST = 120
SENTENCE_LONGEST = 300
TIME_FORMAT = "%Y-%m-%d %H:%M"
FIRST_YEAR, LAST_YEAR = 2020, 2100


class WithinReach:
    """A year that can be meant."""

    def __call__(self, form, field) -> None:
        if field.data and not FIRST_YEAR <= field.data.year <= LAST_YEAR:
            raise ValidationError(_l("Give a date between 2020 and 2100"))


class UTCField(DateTimeField):
    """A moment in UTC, typed as 2027-02-28 23:59."""

    # One line of text: the browser's own pickers show another zone and another order.
    widget = TextInput()

    def __init__(self, label: str, *, missing: str, **options) -> None:
        super().__init__(label, validators=[InputRequired(missing), WithinReach()], format=TIME_FORMAT, **options)

    def process_formdata(self, valuelist) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_l("Write the time like 2027-02-28 23:59")) from None
        if self.data:
            self.data = self.data.replace(tzinfo=UTC)


def whole(label, smallest: int, largest: int, message) -> WholeNumber:
    return WholeNumber(label, validators=[InputRequired(message), NumberRange(smallest, largest, message)])


def line(label, missing, longest: int = NAME_LONGEST) -> Line:
    return Line(label, validators=[DataRequired(missing), Length(max=longest, message=_l("This is too long"))])
