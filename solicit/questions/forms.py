"""The shape of what organizers send from their desk, and of what readers look for."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from solicit.calls.queries import CallFacts, ReasonView, ThemeView
from solicit.calls.states import Kind
from solicit.questions.queries.listing import Search, Sort, usual_sort
from solicit.questions.queries.pairs import PairView
from solicit.questions.states import REPORT_OUTCOME_WORDS, REPORT_REASON_WORDS, VERDICT_WORDS, Verdict
from solicit.submissions.service.revisions import LONGEST_REQUEST, SHORTEST_REQUEST
from solicit.submissions.states import LANGUAGES
from solicit.web.forms import BaseForm, CodePoints, Line, Text
from solicit.web.routing import id_from

NOTE_LONGEST = 2_000
LARGEST = 2**63 - 1
LONGEST_SEARCH = 200
REPORT_SHORTEST, REPORT_LONGEST = 10, 2_000


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


class MergeForm(BaseForm):
    """Which question of a pair stays."""

    keep = RadioField(_l("Which question stays?"), coerce=int, validators=[InputRequired(_l("Choose a question"))])

    def offer(self, pair: PairView) -> "MergeForm":
        self.keep.choices = [(side.id, side.label or side.state_word) for side in pair.suggested_first]
        return self


class VerdictForm(BaseForm):
    """A verdict short of “same”."""

    verdict = SelectField(
        choices=[(verdict.value, VERDICT_WORDS[verdict]) for verdict in (Verdict.RELATED, Verdict.DIFFERENT)]
    )


class SearchForm(BaseForm):
    """What a reader looks for in the list; it comes with the address and changes nothing."""

    class Meta:
        csrf = False

    theme = SelectField(default="")
    kind = SelectField(choices=["", *(kind.value for kind in Kind)], default="")
    topic = StringField()
    language = SelectField(choices=["", *LANGUAGES], default="")
    sort = SelectField(choices=["", *(sort.value for sort in Sort)], default="")
    q = Line(validators=[CodePoints(maximum=LONGEST_SEARCH, too_short="", too_long=_l("Search for fewer words"))])

    def __init__(self, *args, call: CallFacts, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.call = call
        self.theme.choices = ["", *(theme.key for theme in call.themes)]

    def validate_topic(self, field: StringField) -> None:
        if field.data and id_from(field.data) is None:
            raise ValidationError(_l("Choose one of the topics"))

    def search(self, *, may_sort_by_support: bool) -> Search:
        """What to look for; what its words lead to is found later."""
        words = self.q.data or ""
        usual = usual_sort(words)
        sort = Sort(self.sort.data) if self.sort.data else usual
        is_offered = (may_sort_by_support or sort is not Sort.SUPPORT) and (words or sort is not Sort.BEST)
        return Search(
            theme=self.call.theme(self.theme.data),
            kind=Kind(self.kind.data) if self.kind.data else None,
            topic_id=id_from(self.topic.data),
            language=self.language.data or None,
            words=words,
            sort=sort if is_offered else usual,
        )


class ReportForm(BaseForm):
    """What a reader found wrong with a question."""

    reason = RadioField(
        _l("What is wrong?"),
        choices=[(reason.value, _l(word)) for reason, word in REPORT_REASON_WORDS.items()],
        validators=[InputRequired(_l("Choose what is wrong"))],
    )
    text = Text(
        _l("Describe it"),
        validators=[
            CodePoints(
                minimum=REPORT_SHORTEST,
                maximum=REPORT_LONGEST,
                too_short=_l("Describe it in at least 10 characters"),
                too_long=_l("Describe it in at most 2,000 characters"),
            )
        ],
    )
    website = StringField(_l("Leave this empty"))

    @property
    def is_from_a_robot(self) -> bool:
        """Whether the field that people do not see was filled in."""
        return bool(self.website.data)


class ReportDecisionForm(BaseForm):
    """What the desk made of a report."""

    outcome = SelectField(choices=[(outcome.value, word) for outcome, word in REPORT_OUTCOME_WORDS.items()])
