"""Fields that several forms of panels share."""

import re
from datetime import UTC

from flask_babel import lazy_gettext as _l
from wtforms import DateTimeField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
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


class LanguagesLine(Line):
    """Codes of languages between commas."""

    def __init__(self, label: str, **options) -> None:
        missing = DataRequired(_l("Enter at least one language"))
        length = Length(max=NAME_LONGEST, message=_l("This is too long"))
        super().__init__(label, validators=[missing, length, self._are_codes], **options)

    @property
    def codes(self) -> tuple[str, ...]:
        return parts_of((self.data or "").lower())

    @staticmethod
    def _are_codes(form, field) -> None:
        if not field.codes or not all(re.fullmatch("[a-z]{2,3}", code) for code in field.codes):
            raise ValidationError(_l("Write codes of two or three letters, for example en, fr"))


def keyword_line(label) -> Line:
    length = Length(max=SENTENCE_LONGEST, message=_l("This is too long"))
    return Line(label, validators=[Optional(), length])


def whole(label, smallest: int, largest: int, message) -> WholeNumber:
    return WholeNumber(label, validators=[InputRequired(message), NumberRange(smallest, largest, message)])


def optional_whole(label, smallest: int, largest: int) -> WholeNumber:
    message = _l("Enter a number from %(smallest)s to %(largest)s, or nothing", smallest=smallest, largest=largest)
    return WholeNumber(label, validators=[Optional(), NumberRange(smallest, largest, message)])


def line(label, missing, longest: int = NAME_LONGEST) -> Line:
    return Line(label, validators=[DataRequired(missing), Length(max=longest, message=_l("This is too long"))])


def parts_of(text: str | None) -> tuple[str, ...]:
    """Parts between commas, each once."""
    return tuple(dict.fromkeys(part.strip() for part in (text or "").split(",") if part.strip()))
