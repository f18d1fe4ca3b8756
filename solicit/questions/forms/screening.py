"""The shape of what organizers send from the screening desk."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from solicit.calls.queries import ReasonView, ThemeView
from solicit.submissions.service.revisions import LONGEST_REQUEST, SHORTEST_REQUEST
from solicit.web.forms import BaseForm, CodePoints, Line, Text

NOTE_LONGEST = 2_000
LARGEST = 2**63 - 1


class DecisionForm(BaseForm):
    """A decision on a question in the version that the organizer read."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(1, LARGEST)])


class OutOfScopeForm(DecisionForm):
    reason = RadioField(
        _l("Reason"), coerce=int, validators=[InputRequired(_l("Choose a reason"))], validate_choice=True
    )
    note = Text(
        _l("Note to the submitter"), validators=[Optional(), Length(max=NOTE_LONGEST, message=_l("Shorten the note"))]
    )

    def offer(self, reasons: tuple[ReasonView, ...]) -> "OutOfScopeForm":
        self.reason.choices = [(reason.id, reason.label) for reason in reasons]
        return self


class ThemeForm(DecisionForm):
    theme = SelectField(_l("Theme"), validators=[InputRequired(_l("Choose a theme"))])

    def offer(self, themes: tuple[ThemeView, ...]) -> "ThemeForm":
        self.theme.choices = [(theme.key, theme.name) for theme in themes]
        return self


class RevisionForm(BaseForm):
    """What the author of a submission is asked to change."""

    reference = Line(widget=HiddenInput(), validators=[InputRequired()])
    text = Text(
        _l("What should change?"),
        validators=[
            CodePoints(
                minimum=SHORTEST_REQUEST,
                maximum=LONGEST_REQUEST,
                too_short=_l("Say what should change in at least %(least)s characters", least=SHORTEST_REQUEST),
                too_long=_l("Shorten the request"),
            )
        ],
    )
