"""The shape of what writers say of themselves and of those who wrote with them."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, ValidationError
from wtforms.widgets import EmailInput

from solicit.calls.states import FormChoices
from solicit.people.forms import email_address
from solicit.people.queries import country_choices
from solicit.people.service.identifiers import BadIdentifier, orcid_of, ror_of
from solicit.people.states import CAREER_WORDS, Career
from solicit.submissions.forms.asked import AskedFields
from solicit.submissions.forms.text import STORABLE, OneOf
from solicit.submissions.service.limits import LONGEST_AFFILIATION, LONGEST_NAME, MOST_CO_AUTHORS
from solicit.submissions.states import AGE_WORDS, Age, AuthorValues
from solicit.web.forms import CodePoints, Line

SPARE_LINES = 3
LINES = range(1, MOST_CO_AUTHORS + 1)
# The fields by which a form asks for each optional part of an author.
PARTS_OF_AUTHOR = {
    "affiliation": ("affiliation", "ror"),
    "career": ("career",),
    "orcid": ("orcid",),
    "co_authors": tuple(f"co_{part}_{n}" for n in LINES for part in ("name", "email")),
}
BAD_ADDRESS = _l("Enter an e-mail address like name@example.org")


class AddressLine(Line):
    """An e-mail address as it was typed; the form says when it must be right."""

    widget = EmailInput()

    @property
    def address(self) -> str | None:
        """The address as we keep it, or None for what is none."""
        try:
            return email_address(self.data)
        except ValueError:
            return None

    @property
    def is_wrong(self) -> bool:
        return bool(self.data) and self.address is None


class AboutFields(AskedFields):
    """What writers say of themselves, however unfinished. The lines of co-authors are added below."""

    full_name = Line(_l("Full name, as you publish it"), validators=[STORABLE])
    email = AddressLine(_l("Your e-mail address"), validators=[STORABLE])
    affiliation = Line(_l("Affiliation"), validators=[STORABLE])
    ror = Line(_l("ROR identifier of the affiliation"), validators=[STORABLE])
    country = SelectField(_l("Country or region"), validate_choice=False)
    career = RadioField(_l("You are a"), validate_choice=False)
    orcid = Line(_l("ORCID iD"), validators=[STORABLE])
    is_willing = BooleanField(_l("I want to be invited for discussion"))
    may_be_named = BooleanField(_l("My name may be published with the results"))
    age = RadioField(_l("Your age"), validate_choice=False)
    guardian_email = AddressLine(_l("E-mail address of your guardian"), validators=[STORABLE])

    def __init__(self, *args, locale: str, has_account: bool, asks: FormChoices, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.has_account = has_account
        self.country.choices = [("", ""), *country_choices(locale)]
        self.career.choices = [(career.value, _l(word)) for career, word in CAREER_WORDS.items()]
        self.age.choices = [(age.value, _l(word)) for age, word in AGE_WORDS.items()]
        self.leave_out(name for field, names in PARTS_OF_AUTHOR.items() if field not in asks for name in names)

    @property
    def co_author_lines(self) -> list[tuple[Line, AddressLine]]:
        return [(self[f"co_name_{n}"], self[f"co_email_{n}"]) for n in LINES]

    @property
    def shown_lines(self) -> list[tuple[Line, AddressLine]]:
        """The filled lines, and a few empty ones if co-authors are asked for."""
        filled = [n for n, (name, address) in enumerate(self.co_author_lines, 1) if name.data or address.data]
        return self.co_author_lines[
            : max(filled, default=0) + (SPARE_LINES if self.asks(self[f"co_name_{MOST_CO_AUTHORS}"]) else 0)
        ]

    def typed(self) -> dict:
        """Everything as it was typed, by the names of ``Typed``."""
        plain = ("full_name", "affiliation", "ror", "orcid", "email", "guardian_email", "is_willing", "may_be_named")
        lines = ((name.data, address.data) for name, address in self.co_author_lines)
        return {
            **{name: self[name].data for name in plain},
            **{name: _chosen(self[name]) for name in ("country", "career", "age")},
            "co_authors": tuple(line for line in lines if any(line)),
        }

    def point_at_wrong_addresses(self) -> bool:
        """Say at once where an address cannot be right, although it is kept; False if there is none."""
        wrong = [field for field in self if isinstance(field, AddressLine) and field.is_wrong]
        for field in wrong:
            field.errors = [*field.errors, _address_needed(field)]
        return bool(wrong)


for _n in LINES:
    setattr(AboutFields, f"co_name_{_n}", Line(_l("Full name of co-author %(n)s", n=_n), validators=[STORABLE]))
    setattr(
        AboutFields,
        f"co_email_{_n}",
        AddressLine(_l("E-mail address of co-author %(n)s", n=_n), validators=[STORABLE]),
    )


class AboutForm(AboutFields):
    """What somebody must have said of themselves before they send."""

    def author(self, *, has_consented: bool) -> AuthorValues:
        is_sixteen = self.age.data == Age.SIXTEEN.value
        return AuthorValues(
            full_name=self.full_name.data,
            affiliation=self.affiliation.data,
            ror=ror_of(self.ror.data) if self.ror.data else None,
            country=self.country.data,
            career=Career(self.career.data) if self.career.data else None,
            orcid=orcid_of(self.orcid.data) if self.orcid.data else None,
            is_willing=self.is_willing.data,
            may_be_named=self.may_be_named.data and is_sixteen,
            is_sixteen=is_sixteen,
            has_consented=has_consented,
        )

    def validate_full_name(self, field) -> None:
        short, long = _l("Enter your name"), _l("Shorten the name")
        CodePoints(minimum=1, maximum=LONGEST_NAME, too_short=short, too_long=long)(self, field)

    def validate_affiliation(self, field) -> None:
        long = _l("Shorten the affiliation")
        CodePoints(maximum=LONGEST_AFFILIATION, too_short="", too_long=long)(self, field)

    def validate_country(self, field) -> None:
        OneOf(_l("Choose your country or region"))(self, field)

    def validate_career(self, field) -> None:
        OneOf(_l("Choose what describes you best"))(self, field)

    def validate_age(self, field) -> None:
        OneOf(_l("Say whether you are 16 or older"))(self, field)

    def validate_orcid(self, field) -> None:
        _check_identifier(orcid_of, field)

    def validate_ror(self, field) -> None:
        _check_identifier(ror_of, field)

    def validate_email(self, field) -> None:
        if not self.has_account and field.address is None:
            raise ValidationError(BAD_ADDRESS)

    def validate_guardian_email(self, field) -> None:
        if self.age.data == Age.YOUNGER.value and field.address is None:
            raise ValidationError(_l("Enter the e-mail address of your guardian"))


def _address_needed(field: AddressLine) -> str:
    """What is wrong with an address; for a co-author with their number, because a list of errors shows no field."""
    number = field.name.removeprefix("co_email_")
    if number == field.name:
        return str(BAD_ADDRESS)
    return gettext("Enter an e-mail address like name@example.org for co-author %(n)s", n=number)


def _check_co_author(form: AboutForm, field: AddressLine) -> None:
    name = form[field.name.replace("email", "name")]
    if (name.data or field.data) and field.address is None:
        raise ValidationError(_address_needed(field))


for _n in LINES:
    setattr(AboutForm, f"validate_co_email_{_n}", _check_co_author)


def _chosen(field) -> str:
    """What was chosen among what is offered."""
    return field.data if field.data in [value for value, *_ in field.choices] else ""


def _check_identifier(read, field) -> None:
    try:
        if field.data:
            read(field.data)
    except BadIdentifier as error:
        raise ValidationError(gettext(error.message)) from None
