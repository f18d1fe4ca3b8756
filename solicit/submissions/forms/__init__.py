"""The shape of what people send: a question or plan, and who they are."""

from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectField, ValidationError
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from solicit.calls.queries import CallFacts, ThemeView
from solicit.calls.states import KIND_WORDS, Kind
from solicit.people.queries import country_choices
from solicit.people.states import CAREER_WORDS, Career
from solicit.submissions.queries.languages import language_choices
from solicit.submissions.service import LONGEST_AFFILIATION, LONGEST_NAME
from solicit.submissions.states import AuthorValues, TextValues
from solicit.web.forms import BaseForm, CodePoints, Line, Text


class OneOf:
    """The value is one of the field's choices."""

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, form, field) -> None:
        if field.data not in [value for value, *_ in field.choices if value]:
            raise ValidationError(self.message)


class TextForm(BaseForm):
    """The text of a question or plan, within the limits of its call."""

    title = Line(_l("Question, or title of the plan"))
    theme = RadioField(_l("Theme"), validators=[OneOf(_l("Choose a theme"))], validate_choice=False)
    goal_overview = Text(_l("Goal overview"))
    significance = Text(_l("Scientific significance"))
    approach = Text(_l("How could it be explored?"))
    language = SelectField(
        _l("Language of this text"),
        validators=[OneOf(_l("Choose the language of your text from the list"))],
        validate_choice=False,
    )

    def __init__(self, *args, call: CallFacts, locale: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.call = call
        self.theme.choices = [(theme.key, theme.name) for theme in call.themes]
        self.language.choices = list(language_choices(locale))

    @property
    def chosen_kind(self) -> Kind:
        raise NotImplementedError

    @property
    def glyphs(self) -> dict[str, ThemeView]:
        """The mark beside each theme."""
        return {theme.key: theme for theme in self.call.themes}

    def values(self) -> TextValues:
        return TextValues(
            kind=self.chosen_kind,
            theme_id=self.call.theme(self.theme.data).id,
            language=self.language.data,
            title=self.title.data,
            goal_overview=self.goal_overview.data,
            significance=self.significance.data,
            approach=self.approach.data or "",
        )

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
        if self.chosen_kind is Kind.PLAN and not field.data:
            raise ValidationError(_l("Describe how it would be explored"))
        most = self.call.limits.approach_max
        CodePoints(maximum=most, too_short="", too_long=_l("Shorten this to at most %(most)s characters", most=most))(
            self, field
        )


class SubmissionForm(TextForm):
    """Everything that is sent at once: the text, its author, and what the author declares."""

    kind = RadioField(
        _l("What would you like to send?"),
        validators=[OneOf(_l("Choose a question or an exploration plan"))],
        validate_choice=False,
    )
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
    country = SelectField(
        _l("Country or region"), validators=[OneOf(_l("Choose your country or region"))], validate_choice=False
    )
    career = SelectField(
        _l("You are a"), validators=[OneOf(_l("Choose what describes you best"))], validate_choice=False
    )
    is_willing = BooleanField(_l("I would like to be invited to the event if my question is chosen"))
    is_sixteen = BooleanField(_l("I am 16 or older"))
    has_consented = BooleanField(_l("I agree to the terms of this call"))
    idempotency_key = HiddenField()

    def __init__(self, *args, call: CallFacts, locale: str, **kwargs) -> None:
        super().__init__(*args, call=call, locale=locale, **kwargs)
        self.kind.choices = [(kind.value, _l(word)) for kind, word in KIND_WORDS.items()]
        self.career.choices = [("", ""), *((career.value, _l(word)) for career, word in CAREER_WORDS.items())]
        self.country.choices = [("", ""), *country_choices(locale)]

    @property
    def chosen_kind(self) -> Kind:
        return Kind.PLAN if self.kind.data == Kind.PLAN.value else Kind.QUESTION

    def author(self) -> AuthorValues:
        return AuthorValues(
            full_name=self.full_name.data,
            affiliation=self.affiliation.data or "",
            country=self.country.data,
            career=Career(self.career.data),
            is_willing=self.is_willing.data,
            is_sixteen=self.is_sixteen.data,
            has_consented=self.has_consented.data,
        )

    def key(self) -> UUID:
        return UUID(self.idempotency_key.data)

    def validate_is_sixteen(self, field) -> None:
        if not field.data:
            raise ValidationError(_l("At the moment we can only accept submissions from people who are 16 or older"))

    def validate_has_consented(self, field) -> None:
        if not field.data:
            raise ValidationError(_l("Agree to the terms, so that we may keep and publish your text"))

    def validate_idempotency_key(self, field) -> None:
        try:
            UUID(field.data)
        except ValueError:
            raise ValidationError(_l("The form is incomplete. Copy your text and open the page again")) from None


class EditForm(TextForm):
    """A new wording of a submission; its kind stays."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired(_l("Open the page again"))])

    def __init__(self, *args, kind: Kind, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.kept_kind = kind

    @property
    def chosen_kind(self) -> Kind:
        return self.kept_kind

    def start_from(self, version: int) -> None:
        """Save over this version next time, whatever was sent now."""
        self.version.data, self.version.raw_data = version, None
