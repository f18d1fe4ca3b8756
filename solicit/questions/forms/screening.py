"""The shape of what organizers send from the screening desk."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from solicit.calls.queries import ReasonView, ThemeView
from solicit.questions.states import DecisionAct
from solicit.submissions.forms.text import STORABLE
from solicit.submissions.service.revisions import LONGEST_REQUEST, SHORTEST_REQUEST
from solicit.web.forms import BaseForm, CodePoints, Line, Text

NOTE_LONGEST = 2_000
LARGEST = 2**63 - 1
TITLE_LONGEST = 500
# What may be done to many questions at once.
MANY = (DecisionAct.IN_SCOPE, DecisionAct.OUT_OF_SCOPE, DecisionAct.THEME)


class DecisionForm(BaseForm):
    """A decision on a question in the version that the organizer read."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(1, LARGEST)])
    # Somebody else is reading the question, and this organizer decides all the same.
    anyway = BooleanField(widget=HiddenInput())


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


class ManyForm(BaseForm):
    """What is to be done with many questions: those selected, or all of a filter, ``expected`` in number."""

    act = StringField()
    reason = RadioField(_l("Reason"), coerce=int, validate_choice=False)
    note = Text(
        _l("Note to the submitter"), validators=[Optional(), Length(max=NOTE_LONGEST, message=_l("Shorten the note"))]
    )
    theme = SelectField(_l("Theme"), validate_choice=False)
    whole = BooleanField(widget=HiddenInput())
    expected = IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(0, LARGEST)])

    def offer(self, reasons: tuple[ReasonView, ...], themes: tuple[ThemeView, ...]) -> "ManyForm":
        self.reason.choices = [(reason.id, reason.label) for reason in reasons]
        self.theme.choices = [(theme.key, theme.name) for theme in themes]
        return self

    @property
    def wanted(self) -> DecisionAct:
        """In scope where the address says nothing else that may be done to many."""
        return next((act for act in MANY if act.value == self.act.data), DecisionAct.IN_SCOPE)

    def validate_reason(self, field: RadioField) -> None:
        known = [value for value, _label in field.choices]
        if self.wanted is DecisionAct.OUT_OF_SCOPE and field.data not in known:
            raise ValidationError(_l("Choose a reason"))

    def validate_theme(self, field: SelectField) -> None:
        known = [value for value, _label in field.choices]
        if self.wanted is DecisionAct.THEME and field.data not in known:
            raise ValidationError(_l("Choose a theme"))


class WordsForm(BaseForm):
    """The words of a copy or a translation, in the version that was read; 0 for a new one."""

    version = IntegerField(widget=HiddenInput(), default=0, validators=[InputRequired(), NumberRange(0, LARGEST)])
    title = Line(
        _l("Title"),
        validators=[
            CodePoints(
                minimum=1, maximum=TITLE_LONGEST, too_short=_l("Enter a title"), too_long=_l("Shorten the title")
            )
        ],
    )
    goal_overview = Text(_l("Goal overview"), validators=[STORABLE])
    significance = Text(_l("Scientific significance"), validators=[STORABLE])
    approach = Text(_l("How it could be explored"), validators=[STORABLE])

    def texts(self) -> dict[str, str]:
        return {name: field.data or "" for name, field in self._fields.items() if isinstance(field, Line | Text)}


class RedactionForm(WordsForm):
    """What panels read; the last two of plans only."""

    target_body = Line(_l("Target body"), validators=[STORABLE])
    measurement = Text(_l("Measurement"), validators=[STORABLE])


class TranslationForm(WordsForm):
    """A question's words in another language."""

    language = SelectField(_l("Language of the translation"), validators=[InputRequired(_l("Choose a language"))])

    def offer(self, choices: tuple[tuple[str, str], ...], *, own: str) -> "TranslationForm":
        self.language.choices = [(code, name) for code, name in choices if code != own]
        return self
