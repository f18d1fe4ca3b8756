"""The shape of a reader's report of a problem, and of the desk's answer."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import InputRequired

from solicit.questions.states import REPORT_OUTCOME_WORDS, REPORT_REASON_WORDS
from solicit.web.forms import BaseForm, CodePoints, Text

REPORT_SHORTEST, REPORT_LONGEST = 10, 2_000


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
