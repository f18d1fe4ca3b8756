"""The shape of what authors say of themselves, and of whom they ask."""

from dataclasses import replace

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, ValidationError
from wtforms.validators import InputRequired

from solicit.calls.states import FormChoices
from solicit.people.forms import EmailLine, OrcidLine, RorLine
from solicit.people.queries import country_choices
from solicit.people.states import CAREER_WORDS, Career
from solicit.submissions.forms.about import PARTS_OF_AUTHOR
from solicit.submissions.forms.asked import AskedFields
from solicit.submissions.forms.text import OneOf
from solicit.submissions.service import LONGEST_AFFILIATION, LONGEST_NAME, NamedCoAuthor
from solicit.submissions.states import AuthorValues
from solicit.web.forms import BaseForm, CodePoints, Line


class AuthorForm(AskedFields):
    """What an author says of themselves beside one submission."""

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
    ror = RorLine(_l("ROR identifier of the affiliation"))
    country = SelectField(
        _l("Country or region"), validators=[OneOf(_l("Choose your country or region"))], validate_choice=False
    )
    career = SelectField(
        _l("You are a"), validators=[OneOf(_l("Choose what describes you best"))], validate_choice=False
    )
    orcid = OrcidLine(_l("ORCID iD"))
    is_willing = BooleanField(_l("I would like to be invited to the event if this is chosen"))
    may_be_named = BooleanField(_l("My name may be published with the results"))

    def __init__(self, *args, locale: str, asks: FormChoices, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.career.choices = [("", ""), *((career.value, _l(word)) for career, word in CAREER_WORDS.items())]
        self.country.choices = [("", ""), *country_choices(locale)]
        own = {field: names for field, names in PARTS_OF_AUTHOR.items() if field != "co_authors"}
        self.leave_out(name for field, names in own.items() if field not in asks for name in names)

    def author(self) -> AuthorValues:
        return AuthorValues(
            full_name=self.full_name.data,
            affiliation=self.affiliation.data,
            ror=self.ror.data or None,
            country=self.country.data,
            career=Career(self.career.data) if self.career.data else None,
            orcid=self.orcid.data or None,
            is_willing=self.is_willing.data,
            may_be_named=self.may_be_named.data,
        )


class AgreeForm(AuthorForm):
    """A co-author agrees and says who they are."""

    is_sixteen = BooleanField(_l("I am 16 or older"))

    def author(self) -> AuthorValues:
        return replace(super().author(), is_sixteen=self.is_sixteen.data)

    def validate_is_sixteen(self, field) -> None:
        if not field.data:
            raise ValidationError(_l("Confirm that you are 16 or older. Co-authors have to be"))


class CoAuthorForm(BaseForm):
    """Whom to ask as a co-author."""

    full_name = Line(
        _l("Name of the co-author"),
        validators=[CodePoints(maximum=LONGEST_NAME, too_short="", too_long=_l("Shorten the name"))],
    )
    email = EmailLine(_l("E-mail address of the co-author"))

    def person(self) -> NamedCoAuthor:
        return NamedCoAuthor(self.email.data, self.full_name.data)
