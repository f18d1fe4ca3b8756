"""The shape of what organizers write about a call."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from solicit.web.forms import BaseForm, CodePoints, Line, Text

LONGEST_NAME = 100
LONGEST_AROUND = 40
LONGEST_GOAL = 1_000
LONGEST_LETTER = 1_000


class MissionForm(BaseForm):
    """A mission that plans may name."""

    name = Line(
        _l("Name"),
        validators=[
            CodePoints(
                minimum=1,
                maximum=LONGEST_NAME,
                too_short=_l("Enter the name of the mission"),
                too_long=_l("Use at most 100 characters for the name"),
            )
        ],
    )
    around = Line(
        _l("When, about"), validators=[Length(max=LONGEST_AROUND, message=_l("Use at most 40 characters for the time"))]
    )
    goal = Text(
        _l("Goal"), validators=[Length(max=LONGEST_GOAL, message=_l("Use at most 1,000 characters for the goal"))]
    )

    def words(self) -> dict[str, str]:
        return {"name": self.name.data, "around": self.around.data, "goal": self.goal.data}


class ReasonForm(BaseForm):
    """A reason for being out of scope, and what the submitter reads of it."""

    label = Line(
        _l("Reason"),
        validators=[
            CodePoints(
                minimum=1,
                maximum=LONGEST_NAME,
                too_short=_l("Enter the reason"),
                too_long=_l("Use at most 100 characters for the reason"),
            )
        ],
    )
    letter = Text(
        _l("What the submitter reads"),
        validators=[
            CodePoints(
                minimum=1,
                maximum=LONGEST_LETTER,
                too_short=_l("Write a friendly sentence for the submitter"),
                too_long=_l("Use at most 1,000 characters for the sentence"),
            )
        ],
    )

    def words(self) -> dict[str, str]:
        return {"label": self.label.data, "letter": self.letter.data}
