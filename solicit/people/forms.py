"""The shape of what people say of themselves, and of their secrets."""

from collections.abc import Callable

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length
from wtforms.widgets import EmailInput

from solicit.people.service.identifiers import BadIdentifier, orcid_of, ror_of
from solicit.people.states import CAREER_WORDS, Career
from solicit.web.forms import BaseForm, CodePoints, Line

LONGEST_NAME = 200
LONGEST_AFFILIATION = 300
LONGEST_CODE = 40
LONGEST_TOKEN_NAME = 80
SYSTEM_SCHEME = "system"

NAME_LENGTH = CodePoints(
    minimum=1,
    maximum=LONGEST_NAME,
    too_short=_l("Enter your full name"),
    too_long=_l("Use at most 200 characters for your name"),
)


def email_address(text: str) -> str:
    """An address as we keep it: lower case, ASCII, so that no look-alike letter makes a second one.

    Raises ValueError if it is not an address.
    """
    found = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False)
    return found.ascii_email.lower()


class EmailLine(StringField):
    """An e-mail address."""

    widget = EmailInput()

    def pre_validate(self, form) -> None:
        try:
            self.data = email_address(self.data or "")
        except EmailNotValidError:
            raise ValidationError(_l("Enter an e-mail address like name@example.org")) from None


class IdentifierLine(Line):
    """An identifier with check digits, which may be left empty; it is kept in its one right form."""

    read: Callable[[str], str]

    def pre_validate(self, form) -> None:
        if not self.data:
            return
        try:
            self.data = type(self).read(self.data)
        except BadIdentifier as error:
            raise ValidationError(gettext(error.message)) from None


class OrcidLine(IdentifierLine):
    read = staticmethod(orcid_of)


class RorLine(IdentifierLine):
    read = staticmethod(ror_of)


class Secret(PasswordField):
    """A password; it is taken as it comes, and never shown back."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        self.data = (self.data or "").encode("utf-8", "replace").decode()


def new_secret(label: str) -> Secret:
    return Secret(label, validators=[InputRequired(_l("Choose a password"))])


class NewSecretForm(BaseForm):
    """A form with a new password, which the rules may refuse. Each form places the field among its own."""

    password: Secret

    def refuse_password(self, message: str) -> None:
        self.password.errors = [message]


class SignInForm(BaseForm):
    email = EmailLine(_l("E-mail address"))
    password = Secret(_l("Password"), validators=[InputRequired(_l("Enter your password"))])


class RegisterForm(NewSecretForm):
    full_name = Line(_l("Full name, as you publish it"), validators=[NAME_LENGTH])
    email = EmailLine(_l("E-mail address"))
    password = new_secret(_l("Password"))
    website = StringField(_l("Leave this empty"))

    @property
    def is_from_a_robot(self) -> bool:
        """Whether the field that people do not see was filled in."""
        return bool(self.website.data)


class AddressForm(BaseForm):
    """An address to send a letter to."""

    email = EmailLine(_l("E-mail address"))


class ResetForm(NewSecretForm):
    """The new password at the end of a mailed link."""

    password = new_secret(_l("New password"))


class ProofForm(BaseForm):
    """The present password, as a proof of who sits at the browser."""

    present_password = Secret(_l("Present password"), validators=[InputRequired(_l("Enter your present password"))])

    def refuse_present(self, message: str) -> None:
        self.present_password.errors = [message]


class ChangePasswordForm(ProofForm, NewSecretForm):
    password = new_secret(_l("New password"))
    keeps_tokens = BooleanField(_l("Keep my tokens"))


class NewAddressForm(AddressForm, ProofForm):
    """A new address, and the present password."""

    email = EmailLine(_l("New e-mail address"))


class EraseForm(BaseForm):
    """The own address, typed as a confirmation, and what shall become of texts that stay."""

    email = EmailLine(_l("Your e-mail address, to confirm"))
    blanks_texts = BooleanField(_l("Empty my texts that stay, too"))

    def refuse_email(self, message: str) -> None:
        self.email.errors = [message]


class CodeForm(BaseForm):
    """A code of the authenticator application, or a recovery code."""

    code = Line(
        _l("Code"),
        validators=[
            InputRequired(_l("Enter the code")),
            Length(max=LONGEST_CODE, message=_l("This code is too long. Enter one code only")),
        ],
    )

    def refuse_code(self, message: str) -> None:
        self.code.errors = [message]


class ProfileForm(BaseForm):
    full_name = Line(_l("Full name, as you publish it"), validators=[NAME_LENGTH])
    family_name = Line(
        _l("Family name"), validators=[Length(max=LONGEST_NAME, message=_l("Use at most 200 characters for your name"))]
    )
    affiliation = Line(
        _l("Affiliation"),
        validators=[Length(max=LONGEST_AFFILIATION, message=_l("Use at most 300 characters for your affiliation"))],
    )
    country = SelectField(_l("Country or region"))
    career = RadioField(
        _l("What describes you best?"),
        choices=[("", _l("I would rather not say")), *((c.value, _l(CAREER_WORDS[c])) for c in Career)],
    )
    orcid = OrcidLine(_l("ORCID iD"))
    ror = RorLine(_l("ROR identifier of the institution"))
    locale = SelectField(_l("Language of the pages and mails"))
    scheme = RadioField(
        _l("Colours"),
        choices=[(SYSTEM_SCHEME, _l("As my system")), ("light", _l("Light")), ("dark", _l("Dark"))],
    )
    uses_keys = BooleanField(_l("Single keys on the pages of panels, such as N for the next question"))


class TokenForm(BaseForm):
    """A key to the API: its name, what it may do, where, and how long it lives."""

    name = Line(
        _l("Name"),
        validators=[
            InputRequired(_l("Enter a name, so that you know the token again")),
            Length(max=LONGEST_TOKEN_NAME, message=_l("Use at most 80 characters for the name")),
        ],
    )
    scopes = SelectMultipleField(_l("What it may do"), validators=[InputRequired(_l("Choose what the token may do"))])
    call = SelectField(_l("Where"))
    days = RadioField(_l("How long it lives"), coerce=int, default=30)
