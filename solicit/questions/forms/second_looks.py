"""The shape of a request for another look, and of its answer."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import InputRequired

from solicit.questions.states import SECOND_LOOK_WORDS, SecondLookState
from solicit.web.forms import BaseForm, CodePoints, Text

SHORTEST, LONGEST = 30, 2_000


class SecondLookForm(BaseForm):
    """Why a submitter asks for another look."""

    reason = Text(
        _l("Why should we look again?"),
        validators=[
            CodePoints(
                minimum=SHORTEST,
                maximum=LONGEST,
                too_short=_l("Explain in at least 30 characters why we should look again"),
                too_long=_l("Explain in at most 2,000 characters why we should look again"),
            )
        ],
    )


class LookAnswerForm(BaseForm):
    """What came of another look, in the organizer's own words."""

    outcome = RadioField(
        _l("What came of it?"),
        choices=[
            (state.value, _l(SECOND_LOOK_WORDS[state])) for state in (SecondLookState.KEPT, SecondLookState.CHANGED)
        ],
        validators=[InputRequired(_l("Choose what came of it"))],
    )
    answer = Text(
        _l("Your answer to the submitter"),
        validators=[
            CodePoints(
                minimum=SHORTEST,
                maximum=LONGEST,
                too_short=_l("Answer in at least 30 characters"),
                too_long=_l("Answer in at most 2,000 characters"),
            )
        ],
    )
