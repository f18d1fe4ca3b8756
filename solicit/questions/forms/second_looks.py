"""The shape of a request for another look, and of its answer."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import HiddenInput

from solicit.calls.queries import ThemeView
from solicit.questions.forms.screening import LARGEST
from solicit.questions.states import ALLOWING_CHANGE, ChangeBy, SecondLookState
from solicit.web.forms import BaseForm, CodePoints, Text

SHORTEST, LONGEST = 30, 2_000
CHANGED_WORDS = {
    ChangeBy.ANSWER: _l("The decision changes: with this answer it becomes part of the call"),
    ChangeBy.DESK: _l("The decision was changed since it was asked about"),
}


class SecondLookForm(BaseForm):
    """Why a submitter asks for another look."""

    reason = Text(
        _l("Why should we look again?"),
        validators=[
            CodePoints(
                minimum=SHORTEST,
                maximum=LONGEST,
                too_short=_l("Explain in at least 30 characters why we should look again"),
                too_long=_l("Explain in at most 2,000 characters why we should look again"),
            )
        ],
    )


class LookAnswerForm(BaseForm):
    """What came of another look, in the organizer's own words."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(1, LARGEST)])
    outcome = RadioField(_l("What came of it?"), validators=[InputRequired(_l("Choose what came of it"))])
    theme = SelectField(_l("Theme"), validators=[InputRequired(_l("Choose a theme"))])
    answer = Text(
        _l("Your answer to the submitter"),
        validators=[
            CodePoints(
                minimum=SHORTEST,
                maximum=LONGEST,
                too_short=_l("Answer in at least 30 characters"),
                too_long=_l("Answer in at most 2,000 characters"),
            )
        ],
    )

    def offer(self, change_by: ChangeBy, *, themes: tuple[ThemeView, ...]) -> "LookAnswerForm":
        """Offer only what can become true; ``themes`` are asked for where the question has none."""
        self.outcome.choices = [(SecondLookState.KEPT.value, _l("The decision stays"))]
        if change_by in ALLOWING_CHANGE:
            self.outcome.choices.append((SecondLookState.CHANGED.value, CHANGED_WORDS[change_by]))
        self.theme.choices = [(theme.key, theme.name) for theme in themes]
        if not themes:
            del self.theme
        return self

    def start_from(self, version: int) -> None:
        """Answer about this version next time: the page shows it beside what was typed."""
        self.version.data, self.version.raw_data = version, None
