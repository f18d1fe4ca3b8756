"""The shape of what is typed about letters and answers."""

from flask_babel import lazy_gettext as _l

from solicit.invitations.forms.days import Day
from solicit.web.forms import BaseForm, CodePoints, Text

LONGEST_REASON = 2_000
TOO_LONG = _l("Use at most 2,000 characters")


class PrepareForm(BaseForm):
    answer_on = Day(_l("Answer by"), missing=_l("Enter the last day to answer"))


class DeclineForm(BaseForm):
    reason = Text(_l("Your reason"), validators=[CodePoints(maximum=LONGEST_REASON, too_short="", too_long=TOO_LONG)])


class CancelForm(BaseForm):
    reason = Text(
        _l("Reason"),
        validators=[CodePoints(minimum=3, maximum=LONGEST_REASON, too_short=_l("Say why"), too_long=TOO_LONG)],
    )
