"""The shape of what organizers send about conflicts of interest."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField
from wtforms.validators import InputRequired, Length

from solicit.panels.queries.signs import Policy
from solicit.panels.states import ConflictState
from solicit.web.forms import BaseForm, Text

NOTE_LONGEST = 500
DECISIONS = (ConflictState.CONFIRMED, ConflictState.DISMISSED)


class PolicyForm(BaseForm):
    co_authors = BooleanField(_l("They wrote a submission together with an author, in any call here"))
    institutions = BooleanField(_l("They share an institution with an author"))
    groups = BooleanField(_l("They wrote a question that may be the same"))
    countries = BooleanField(_l("They come from the country of an author"))

    def policy(self) -> Policy:
        names = ("co_authors", "institutions", "groups", "countries")
        return Policy(**{name: self[name].data for name in names})


class DecideForm(BaseForm):
    """A decision on several conflicts; dismissing wants a reason."""

    to = RadioField(choices=[state.value for state in DECISIONS], validators=[InputRequired()])
    note = Text(_l("Why?"), validators=[Length(max=NOTE_LONGEST, message=_l("Shorten this"))])

    @property
    def decision(self) -> ConflictState:
        return next((state for state in DECISIONS if state.value == self.to.data), ConflictState.CONFIRMED)

    def validate(self, extra_validators=None) -> bool:
        is_valid = super().validate(extra_validators)
        if self.decision is ConflictState.DISMISSED and not self.note.data and not self.note.errors:
            self.note.errors = [_l("Say why there is no conflict")]
            return False
        return is_valid
