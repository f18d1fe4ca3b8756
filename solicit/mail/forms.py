"""The shape of what people say about letters."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectMultipleField, ValidationError

from solicit.calls.forms.seen import SeenForm
from solicit.mail.wordings import Wording, placeholders, unknown_placeholders
from solicit.web.forms import BaseForm, CodePoints, Line, Text

LONGEST_SUBJECT = 120
LONGEST_BODY = 5_000


class StopForm(BaseForm):
    """The button below a letter; ``again`` undoes it."""

    again = BooleanField()


class WordingForm(SeenForm):
    """The organizers' words for a kind of letter; only its own placeholders may stand in braces."""

    subject = Line(
        _l("Subject"),
        validators=[
            CodePoints(
                minimum=1,
                maximum=LONGEST_SUBJECT,
                too_short=_l("Enter a subject"),
                too_long=_l("Use at most 120 characters for the subject"),
            )
        ],
    )
    body = Text(
        _l("What the letter says"),
        validators=[
            CodePoints(
                minimum=1,
                maximum=LONGEST_BODY,
                too_short=_l("Write what the letter says"),
                too_long=_l("Use at most 5,000 characters for the letter"),
            )
        ],
    )

    def __init__(self, *args, kind: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind

    def validate_subject(self, field) -> None:
        self._check_placeholders(field)

    def validate_body(self, field) -> None:
        self._check_placeholders(field)

    def wording(self) -> Wording:
        return Wording(self.subject.data, self.body.data)

    def _check_placeholders(self, field) -> None:
        wrong = unknown_placeholders(self.kind, field.data)
        if wrong:
            known = " ".join(f"{{{name}}}" for name in placeholders(self.kind))
            message = gettext(
                "This letter does not know %(wrong)s. It knows: %(known)s", wrong=" ".join(wrong)[:200], known=known
            )
            raise ValidationError(message)


class LettersForm(BaseForm):
    """Which letters that nobody must get a person wants."""

    kinds = SelectMultipleField(_l("Letters you want"))
