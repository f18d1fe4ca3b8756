"""The shape of a decision on two accounts."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import DataRequired, InputRequired

from solicit.invitations.states import DoubleState
from solicit.web.forms import BaseForm, CodePoints, Line


class DoubleForm(BaseForm):
    """One person or two, and how the organizer knows."""

    decision = RadioField(
        _l("Decision"),
        choices=[
            (DoubleState.SAME.value, _l("They are one person")),
            (DoubleState.DIFFERENT.value, _l("They are two people")),
        ],
        validators=[InputRequired(_l("Choose whether they are one person or two"))],
    )
    reason = Line(
        _l("How do you know?"),
        validators=[
            DataRequired(_l("Say how you know")),
            CodePoints(maximum=500, too_short="", too_long=_l("Use at most 500 characters for the reason")),
        ],
    )

    @property
    def to(self) -> DoubleState:
        return DoubleState(self.decision.data)
