"""The shape of what organizers send from their desk, and of what readers look for."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from solicit.calls.queries import CallFacts, ReasonView, ThemeView
from solicit.calls.states import Kind
from solicit.questions.queries.listing import Search, Sort
from solicit.questions.queries.pairs import PairView
from solicit.questions.states import VERDICT_WORDS, Verdict
from solicit.submissions.service.revisions import LONGEST_REQUEST
from solicit.web.forms import BaseForm, CodePoints, Line, Text

NOTE_LONGEST = 2_000
LARGEST = 2**63 - 1
LONGEST_SEARCH = 200


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
                minimum=1,
                maximum=LONGEST_REQUEST,
                too_short=_l("Say what should change"),
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
    sort = SelectField(choices=["", *(sort.value for sort in Sort)], default="")
    q = Line(validators=[CodePoints(maximum=LONGEST_SEARCH, too_short="", too_long=_l("Search for fewer words"))])

    def __init__(self, *args, call: CallFacts, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.call = call
        self.theme.choices = ["", *(theme.key for theme in call.themes)]

    def search(self, *, may_sort_by_support: bool) -> Search:
        sort = Sort(self.sort.data) if self.sort.data else Sort.NEWEST
        return Search(
            theme=self.call.theme(self.theme.data),
            kind=Kind(self.kind.data) if self.kind.data else None,
            words=self.q.data or "",
            sort=sort if may_sort_by_support or sort is not Sort.SUPPORT else Sort.NEWEST,
        )
