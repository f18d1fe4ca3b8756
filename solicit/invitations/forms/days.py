"""A day as it is typed."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, ValidationError
from wtforms.validators import InputRequired
from wtforms.widgets import TextInput

FIRST_YEAR, LAST_YEAR = 2020, 2100


class Day(DateField):
    """A day typed as 2027-02-28."""

    # One line of text: the browser's own pickers show another order.
    widget = TextInput()

    def __init__(self, label: str, *, missing: str, first_year: int = FIRST_YEAR, **options) -> None:
        super().__init__(label, validators=[InputRequired(missing), within_reach], **options)
        self.first_year = first_year

    def process_formdata(self, valuelist) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_l("Write the day like 2027-02-28")) from None


def within_reach(form, field) -> None:
    """A year that can be meant."""
    if field.data and not field.first_year <= field.data.year <= LAST_YEAR:
        raise ValidationError(_l("Give a date between %(first)s and %(last)s", first=field.first_year, last=LAST_YEAR))
