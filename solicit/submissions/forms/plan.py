"""The shape of a new wording of an exploration plan."""

import re
from dataclasses import replace

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, SelectMultipleField, ValidationError

from solicit.submissions.forms import EditForm
from solicit.submissions.states import (
    MISSION_TYPE_WORDS,
    READINESS_WORDS,
    TIME_FRAME_WORDS,
    MissionType,
    PlanValues,
    TextValues,
    TimeFrame,
)
from solicit.web.forms import CodePoints, Line, Text

LONGEST_BODY, LONGEST_MEASUREMENT, MOST_ANSWERS = 200, 3_000, 20
QUESTION_LABEL = re.compile(r"[Qq]-?([1-9][0-9]{0,17})")


class EditPlanForm(EditForm):
    """A new wording of an exploration plan."""

    target_body = Line(
        _l("Target body"),
        validators=[CodePoints(maximum=LONGEST_BODY, too_short="", too_long=_l("Shorten the target body"))],
    )
    mission_type = SelectField(_l("Kind of mission"))
    measurement = Text(
        _l("Measurement"),
        validators=[CodePoints(maximum=LONGEST_MEASUREMENT, too_short="", too_long=_l("Shorten the measurement"))],
    )
    readiness = SelectField(_l("Readiness of the technology"))
    time_frame = SelectField(_l("When it could fly"))
    missions = SelectMultipleField(_l("Related missions"))
    answers = Line(_l("Questions it answers"))

    def __init__(self, *args, missions: tuple[tuple[str, str], ...], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for field, words in (
            (self.mission_type, MISSION_TYPE_WORDS),
            (self.readiness, READINESS_WORDS),
            (self.time_frame, TIME_FRAME_WORDS),
        ):
            named = [(str(getattr(key, "value", key)), _l(word)) for key, word in words.items()]
            field.choices = [("", _l("Not decided")), *named]
        self.missions.choices = list(missions)

    def validate_answers(self, field) -> None:
        labels = field.data.replace(",", " ").split()
        if len(labels) > MOST_ANSWERS or not all(QUESTION_LABEL.fullmatch(label) for label in labels):
            raise ValidationError(_l("Write the numbers of the questions, like Q-12, Q-340"))

    def values(self) -> TextValues:
        found = (QUESTION_LABEL.fullmatch(label) for label in self.answers.data.replace(",", " ").split())
        plan = PlanValues(
            target_body=self.target_body.data,
            mission_type=MissionType(self.mission_type.data) if self.mission_type.data else None,
            measurement=self.measurement.data,
            readiness=int(self.readiness.data) if self.readiness.data else None,
            time_frame=TimeFrame(self.time_frame.data) if self.time_frame.data else None,
            missions=tuple(self.missions.data or ()),
            answers=tuple(int(label[1]) for label in found if label),
        )
        return replace(super().values(), plan=plan)
