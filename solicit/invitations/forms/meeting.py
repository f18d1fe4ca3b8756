"""The shape of what organizers say of the meeting."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, ValidationError
from wtforms.validators import InputRequired, Length, Regexp

from solicit.calls.queries import CallFacts
from solicit.invitations.forms.days import Day
from solicit.invitations.forms.numbers import between
from solicit.invitations.queries.meeting import FIELDS, MeetingView
from solicit.invitations.service.meeting import MOST_DAYS_KEPT
from solicit.people.queries import country_choices
from solicit.web.forms import BaseForm, Line, Text, WholeNumber
from solicit.web.zones import zone_names

LONGEST_LINE = 200
LONGEST_PARAGRAPH = 2_000
USUAL_DAYS_KEPT = 30
TOO_LONG = _l("This is too long")
SHORT = Length(max=LONGEST_LINE, message=TOO_LONG)
# Letters and calendars make a link of it.
WEB_ADDRESS = Regexp(r"^(https://\S+)?$", message=_l("Enter an address that begins with https://"))


def needed(message: str) -> list:
    return [InputRequired(message), SHORT]


class MeetingForm(BaseForm):
    title = Line(_l("Title of the meeting"), validators=needed(_l("Enter a title")))
    starts_on = Day(_l("First day"), missing=_l("Enter the first day"))
    ends_on = Day(_l("Last day"), missing=_l("Enter the last day"))
    time_zone = SelectField(_l("Time zone"), validators=[InputRequired(_l("Choose the time zone of the meeting."))])
    venue = Line(_l("Venue"), validators=[SHORT])
    city = Line(_l("City"), validators=needed(_l("Enter the city")))
    country = SelectField(_l("Country or region"), validators=[InputRequired(_l("Choose a country or region"))])
    online_address = Line(_l("Web address for taking part online"), validators=[SHORT, WEB_ADDRESS])
    organization = Line(_l("Organization"), validators=needed(_l("Enter who invites")))
    address = Text(_l("Postal address"), validators=[Length(max=LONGEST_LINE * 2, message=TOO_LONG)])
    contact = Line(_l("Address for questions"), validators=[SHORT])
    signatory = Line(_l("Who signs"), validators=[SHORT])
    signatory_title = Line(_l("Title of who signs"), validators=[SHORT])
    letter_text = Text(_l("Your own paragraph"), validators=[Length(max=LONGEST_PARAGRAPH, message=TOO_LONG)])
    keep_travel_days = WholeNumber(
        _l("Days that travel details are kept after the meeting"),
        validators=[between(0, MOST_DAYS_KEPT, _l("Enter a number of days from 0 to 365"))],
    )

    def validate_ends_on(self, field) -> None:
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError(_l("The meeting must not end before it starts."))

    def meeting(self) -> MeetingView:
        return MeetingView(**{name: self[name].data for name in FIELDS})


def meeting_form(call: CallFacts, meeting: MeetingView | None, *, locale: str) -> MeetingForm:
    """A form that starts from the meeting, or from what the call says of it."""
    known = {name: getattr(meeting, name) for name in FIELDS} if meeting else _usual(call)
    form = MeetingForm(data=known)
    form.time_zone.choices = [("", _l("Choose a time zone")), *((name, name) for name in zone_names())]
    form.country.choices = [("", _l("Choose a country or region")), *country_choices(locale)]
    return form


def _usual(call: CallFacts) -> dict:
    return dict(title=call.title, country=call.host_country, contact=call.contact, keep_travel_days=USUAL_DAYS_KEPT)
