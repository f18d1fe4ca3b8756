"""The shape of the text of a question or plan: what a draft may hold, and what may be sent."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, ValidationError

from solicit.calls.queries import CallFacts, ThemeView
from solicit.calls.states import OPTIONAL_OF_QUESTION, Kind
from solicit.submissions.forms.asked import AskedFields
from solicit.submissions.queries.languages import language_choices
from solicit.submissions.states import LANGUAGES, TextValues
from solicit.web.forms import CodePoints, Line, Text
from solicit.web.text import LONGEST_TEXT

# A draft keeps every text up to this length; the limits of the call are for what is sent.
STORABLE = CodePoints(
    maximum=LONGEST_TEXT, too_short="", too_long=_l("Shorten this to at most %(most)s characters", most=LONGEST_TEXT)
)


class OneOf:
    """The value is one of the field's choices."""

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, form, field) -> None:
        if field.data not in [value for value, *_ in field.choices if value]:
            raise ValidationError(self.message)


class TextFields(AskedFields):
    """The text of a question or plan, however unfinished."""

    title = Line(_l("Question"), validators=[STORABLE])
    theme = RadioField(_l("Theme"), validate_choice=False)
    goal_overview = Text(_l("Goal overview"), validators=[STORABLE])
    significance = Text(_l("Scientific significance"), validators=[STORABLE])
    approach = Text(_l("How could it be explored?"), validators=[STORABLE])
    language = SelectField(_l("Language of this text"), validate_choice=False)

    def __init__(self, *args, call: CallFacts, locale: str, kind: Kind, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.call, self.kind, self.locale = call, kind, locale
        if kind is Kind.PLAN:
            self.title.label.text, self.approach.label.text = _l("Title of the plan"), _l("Exploration plan")
        self.theme.choices = [(theme.key, theme.name) for theme in call.themes]
        self.language.choices = list(language_choices(locale))
        if kind is Kind.QUESTION:
            self.leave_out(name for name in OPTIONAL_OF_QUESTION if name not in call.asks)

    @property
    def glyphs(self) -> dict[str, ThemeView]:
        """The mark beside each theme."""
        return {theme.key: theme for theme in self.call.themes}

    def values(self) -> TextValues:
        theme = self.call.theme(self.theme.data)
        return TextValues(
            kind=self.kind,
            theme_id=theme.id if theme else None,
            language=self.language.data if self.language.data in LANGUAGES else self.locale.split("-")[0],
            title=self.title.data,
            goal_overview=self.goal_overview.data,
            significance=self.significance.data,
            approach=self.approach.data or "",
        )


class TextForm(TextFields):
    """The text of a question or plan, within the limits of its call."""

    def validate_theme(self, field) -> None:
        OneOf(_l("Choose a theme"))(self, field)

    def validate_language(self, field) -> None:
        OneOf(_l("Choose the language of your text from the list"))(self, field)

    def validate_title(self, field) -> None:
        limits = self.call.limits
        if not field.data:
            raise ValidationError(_l("Enter your question or the title of your plan"))
        short = _l("Write a title of at least %(least)s characters", least=limits.title_min)
        long = _l("Shorten the title to at most %(most)s characters", most=limits.title_max)
        CodePoints(minimum=limits.title_min, maximum=limits.title_max, too_short=short, too_long=long)(self, field)

    def validate_goal_overview(self, field) -> None:
        limits = self.call.limits
        short = _l("Describe the goal in at least %(least)s characters", least=limits.overview_min)
        long = _l("Shorten the goal overview to at most %(most)s characters", most=limits.overview_max)
        CodePoints(minimum=limits.overview_min, maximum=limits.overview_max, too_short=short, too_long=long)(
            self, field
        )

    def validate_significance(self, field) -> None:
        limits = self.call.limits
        short = _l("Explain why it matters in at least %(least)s characters", least=limits.significance_min)
        long = _l("Shorten the significance to at most %(most)s characters", most=limits.significance_max)
        CodePoints(minimum=limits.significance_min, maximum=limits.significance_max, too_short=short, too_long=long)(
            self, field
        )

    def validate_approach(self, field) -> None:
        if self.kind is Kind.PLAN and not field.data:
            raise ValidationError(_l("Describe how it would be explored"))
        most = self.call.limits.approach_max
        CodePoints(maximum=most, too_short="", too_long=_l("Shorten this to at most %(most)s characters", most=most))(
            self, field
        )
