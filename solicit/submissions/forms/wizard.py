"""The shape of the steps by which somebody writes and sends: what a draft keeps, and what may be sent."""

from collections.abc import Collection
from uuid import UUID

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, ValidationError

from solicit.calls.states import KIND_WORDS, Kind
from solicit.submissions.forms.about import AboutFields
from solicit.submissions.forms.edit import Versioned
from solicit.submissions.forms.plan import PlanFields
from solicit.submissions.forms.text import OneOf, TextFields
from solicit.web.forms import BaseForm
from solicit.web.text import LONGEST_TEXT, BadText, clean_text

DIFFERS = "differs-"
MOST_DIFFERENCES = 30


class KindForm(BaseForm):
    """The first page: what somebody would like to write."""

    kind = RadioField(
        _l("What would you like to send?"),
        validators=[OneOf(_l("Choose a question or an exploration plan"))],
        validate_choice=False,
    )
    idempotency_key = HiddenField()

    def __init__(self, *args, kinds: Collection[Kind], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [(kind.value, _l(KIND_WORDS[kind])) for kind in kinds]

    @property
    def chosen_kind(self) -> Kind:
        return Kind(self.kind.data)

    def key(self) -> UUID:
        return UUID(self.idempotency_key.data)

    def validate_idempotency_key(self, field) -> None:
        try:
            UUID(field.data or "")
        except ValueError:
            raise ValidationError(_l("The form is incomplete. Open the page again")) from None


class Differing(Versioned):
    """A form with notes "mine differs because ..." by the labels of questions that look similar."""

    def __init__(self, *args, noted: dict[str, str], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        sent = {name[len(DIFFERS) :]: text for name, text in request.form.items() if name.startswith(DIFFERS)}
        self.differences = noted | sent

    def validate(self, extra_validators=None) -> bool:
        is_valid = super().validate(extra_validators)
        try:
            notes = {label: clean_text(text) for label, text in self.differences.items()}
        except BadText:
            self.refuse(gettext("Remove the control characters from this text"))
            return False
        if len(notes) > MOST_DIFFERENCES or any(len(label) + len(note) > LONGEST_TEXT for label, note in notes.items()):
            self.refuse(gettext("Say more briefly how yours differs"))
            return False
        self.differences = notes
        return is_valid


class QuestionStep(Differing, TextFields):
    """A question as far as it is written."""


class PlanStep(Differing, PlanFields):
    """A plan as far as it is written."""


class AboutStep(Versioned, AboutFields):
    """What a writer has said of themselves so far."""


class SendForm(Versioned, BaseForm):
    """The last page: what somebody agrees to by sending."""

    has_consented = BooleanField(_l("I agree to the terms of this call"))

    def validate_has_consented(self, field) -> None:
        if not field.data:
            raise ValidationError(_l("Agree to the terms, so that we may keep and publish your text"))
