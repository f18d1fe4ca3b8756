"""The shape of a wish for another reading."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import DataRequired

from solicit.panels.forms.fields import line
from solicit.web.forms import BaseForm, CodePoints, Text

SHORTEST, LONGEST = 30, 2_000


class RecallForm(BaseForm):
    label = line(_l("Number of the question"), _l("Enter a number, for example Q-1203"), 24)
    reason = Text(
        _l("Why it deserves another reading"),
        validators=[
            DataRequired(_l("Say why it deserves another reading")),
            CodePoints(
                minimum=SHORTEST,
                maximum=LONGEST,
                too_short=_l("Say in at least 30 characters why it deserves another reading"),
                too_long=_l("This is too long"),
            ),
        ],
    )
