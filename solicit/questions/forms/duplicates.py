"""The shape of a verdict on two questions."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from solicit.questions.queries.pairs import PairView
from solicit.questions.states import VERDICT_WORDS, Verdict
from solicit.web.forms import BaseForm


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
