"""The shape of travel details."""

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, ValidationError
from wtforms.validators import InputRequired, Regexp

from solicit.invitations.forms.days import Day
from solicit.invitations.queries.meeting import MeetingView
from solicit.invitations.queries.travel_details import TRAVEL_WORDS, TravelDetails
from solicit.invitations.states import VISA_NEED_WORDS, VisaNeed
from solicit.people.queries import country_choices
from solicit.web.forms import BaseForm, CodePoints, Line, Text

LONGEST_LINE = 200
LONGEST_TEXT = 1_000
FIRST_BIRTH = 1900


def _line(name: str, missing) -> Line:
    too_long = _l("Use at most 200 characters")
    length = CodePoints(minimum=1, maximum=LONGEST_LINE, too_short=missing, too_long=too_long)
    return Line(_l(TRAVEL_WORDS[name]), validators=[length])


def _text(name: str) -> Text:
    too_long = _l("Use at most 1,000 characters")
    return Text(_l(TRAVEL_WORDS[name]), validators=[CodePoints(maximum=LONGEST_TEXT, too_short="", too_long=too_long)])


def _day(name: str) -> Day:
    return Day(_l(TRAVEL_WORDS[name]), missing=_l("Write the day like 2027-02-28"), first_year=FIRST_BIRTH)


def _country(name: str) -> SelectField:
    return SelectField(_l(TRAVEL_WORDS[name]), validators=[InputRequired(_l("Choose a country or region"))])


class TravelForm(BaseForm):
    """Everything that is asked for a journey; ``offer`` says in which language and for which meeting."""

    passport_name = _line("passport_name", _l("Enter your name as it is written in the passport"))
    passport_number = Line(
        _l(TRAVEL_WORDS["passport_number"]),
        validators=[Regexp(r"^[\w ./<-]{4,30}$", message=_l("Enter the number as it is written in the passport"))],
    )
    nationality = _country("nationality")
    issued_by = _country("issued_by")
    born_on = _day("born_on")
    expires_on = _day("expires_on")
    visa_need = RadioField(
        _l(TRAVEL_WORDS["visa_need"]),
        choices=[(need.value, _l(word)) for need, word in VISA_NEED_WORDS.items()],
        validators=[InputRequired(_l("Say whether you need a visa"))],
    )
    from_city = _line("from_city", _l("Enter the city or airport that you leave from"))
    arrives_on = _day("arrives_on")
    leaves_on = _day("leaves_on")
    wishes = _text("wishes")
    emergency = _line("emergency", _l("Enter a name and a telephone number"))
    diet = _text("diet")
    access = _text("access")
    meeting: MeetingView | None = None
    today: date | None = None

    def offer(self, locale: str, *, meeting: MeetingView | None, today: date) -> "TravelForm":
        choices = [("", _l("Choose")), *country_choices(locale)]
        self.nationality.choices = self.issued_by.choices = choices
        self.meeting, self.today = meeting, today
        return self

    def validate_born_on(self, field) -> None:
        if field.data and field.data >= self.today:
            raise ValidationError(_l("The date of birth is before today"))

    def validate_expires_on(self, field) -> None:
        if field.data and self.meeting and field.data < self.meeting.ends_on:
            raise ValidationError(_l("This passport ends before the meeting does. Renew it, then enter the new one"))

    def validate_arrives_on(self, field) -> None:
        if field.data and self.meeting and field.data > self.meeting.ends_on:
            raise ValidationError(_l("The meeting is over on this day. Check the day you arrive"))

    def validate_leaves_on(self, field) -> None:
        if field.data and self.arrives_on.data and field.data < self.arrives_on.data:
            raise ValidationError(_l("You cannot leave before you arrive"))

    def details(self) -> TravelDetails:
        return TravelDetails(
            **{name: self[name].data for name in TRAVEL_WORDS} | {"visa_need": VisaNeed(self.visa_need.data)}
        )


def filled_travel_form(details: TravelDetails) -> TravelForm:
    """The form with what is stored, for a page that was asked for by a button."""
    return TravelForm(formdata=None, data=details.to_fields())


class LetterForm(BaseForm):
    """The second language of a visa support letter."""

    language = SelectField(_l("Language of the letter"))

    def offer(self, locales: tuple[str, ...], name_of) -> "LetterForm":
        self.language.choices = [(locale, name_of(locale)) for locale in locales]
        return self
