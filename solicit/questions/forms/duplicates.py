"""The shape of what organizers send from the duplicates desk: verdicts, merges, and wordings of their own."""

from collections.abc import Iterable, Mapping

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import HiddenInput

from solicit.questions.queries.duplicates.pairs import PairView
from solicit.questions.states import VERDICT_WORDS, Verdict
from solicit.submissions.forms.text import TextForm
from solicit.web.forms import BaseForm, CodePoints, Text

LARGEST = 2**63 - 1
REASON_SHORTEST, REASON_LONGEST = 10, 1_000


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


class IdenticalForm(BaseForm):
    """A click for exactly the identical texts that were shown."""

    digest = StringField(widget=HiddenInput(), validators=[InputRequired()])


class SummaryForm(TextForm):
    """A wording of the organizers, within the limits of the call."""


class RewordForm(SummaryForm):
    """Other words for a summary, in the version that the organizer read."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(1, LARGEST)])
    reason = Text(
        _l("Why the words change"),
        validators=[
            CodePoints(
                minimum=REASON_SHORTEST,
                maximum=REASON_LONGEST,
                too_short=_l("Say why in at least %(least)s characters", least=REASON_SHORTEST),
                too_long=_l("Shorten the reason"),
            )
        ],
    )


def verdicts_from(sent: MultiDict, member_ids: Iterable[int]) -> Mapping[int, Verdict]:
    """The verdicts on members of a group, from fields named by their ids; what is left open is left out."""
    asked = {id_: sent.get(f"verdict-{id_}") for id_ in member_ids}
    words = {verdict.value: verdict for verdict in Verdict}
    return {id_: words[word] for id_, word in asked.items() if word in words}
