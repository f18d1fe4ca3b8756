"""The shape of everything that is sent at once."""

from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField, ValidationError
from wtforms.validators import InputRequired

from solicit.calls.queries import CallFacts
from solicit.calls.states import KIND_WORDS, Kind
from solicit.people.queries import country_choices
from solicit.people.states import CAREER_WORDS, Career
from solicit.submissions.forms.text import OneOf, TextForm
from solicit.submissions.service import LONGEST_AFFILIATION, LONGEST_NAME
from solicit.submissions.states import AuthorValues
from solicit.web.forms import CodePoints, Line


class SubmissionForm(TextForm):
    """Everything that is sent at once: the text, its author, and what the author declares."""

    kind = RadioField(
        _l("What would you like to send?"),
        validators=[OneOf(_l("Choose a question or an exploration plan"))],
        validate_choice=False,
    )
    full_name = Line(
        _l("Full name, as you publish it"),
        validators=[
            InputRequired(_l("Enter your name")),
            CodePoints(maximum=LONGEST_NAME, too_short="", too_long=_l("Shorten the name")),
        ],
    )
    affiliation = Line(
        _l("Affiliation"),
        validators=[CodePoints(maximum=LONGEST_AFFILIATION, too_short="", too_long=_l("Shorten the affiliation"))],
    )
    country = SelectField(
        _l("Country or region"), validators=[OneOf(_l("Choose your country or region"))], validate_choice=False
    )
    career = SelectField(
        _l("You are a"), validators=[OneOf(_l("Choose what describes you best"))], validate_choice=False
    )
    is_willing = BooleanField(_l("I would like to be invited to the event if my question is chosen"))
    is_sixteen = BooleanField(_l("I am 16 or older"))
    has_consented = BooleanField(_l("I agree to the terms of this call"))
    idempotency_key = HiddenField()

    def __init__(self, *args, call: CallFacts, locale: str, **kwargs) -> None:
        super().__init__(*args, call=call, locale=locale, **kwargs)
        self.kind.choices = [(kind.value, _l(word)) for kind, word in KIND_WORDS.items()]
        self.career.choices = [("", ""), *((career.value, _l(word)) for career, word in CAREER_WORDS.items())]
        self.country.choices = [("", ""), *country_choices(locale)]

    @property
    def chosen_kind(self) -> Kind:
        return Kind.PLAN if self.kind.data == Kind.PLAN.value else Kind.QUESTION

    def author(self) -> AuthorValues:
        return AuthorValues(
            full_name=self.full_name.data,
            affiliation=self.affiliation.data or "",
            country=self.country.data,
            career=Career(self.career.data),
            is_willing=self.is_willing.data,
            is_sixteen=self.is_sixteen.data,
            has_consented=self.has_consented.data,
        )

    def key(self) -> UUID:
        return UUID(self.idempotency_key.data)

    def validate_is_sixteen(self, field) -> None:
        if not field.data:
            raise ValidationError(_l("At the moment we can only accept submissions from people who are 16 or older"))

    def validate_has_consented(self, field) -> None:
        if not field.data:
            raise ValidationError(_l("Agree to the terms, so that we may keep and publish your text"))

    def validate_idempotency_key(self, field) -> None:
        try:
            UUID(field.data)
        except ValueError:
            raise ValidationError(_l("The form is incomplete. Copy your text and open the page again")) from None
