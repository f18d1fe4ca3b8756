"""The fields that only an exploration plan has."""

import re
from dataclasses import replace

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, SelectMultipleField, ValidationError
from wtforms.widgets import CheckboxInput

from solicit.calls.queries import MissionView
from solicit.calls.states import OPTIONAL_OF_PLAN
from solicit.submissions.forms.text import STORABLE, OneOf, TextFields, TextForm
from solicit.submissions.service.limits import LONGEST_BODY
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
from solicit.web.routing import id_from

MOST_ANSWERS = 20
LABEL = re.compile(r"[Qq]?-?([1-9][0-9]{0,17})", re.ASCII)


class ManyOf(SelectMultipleField):
    """Any number of choices, each with a box to tick; a choice that is not offered is left out."""

    option_widget = CheckboxInput()

    def pre_validate(self, form) -> None:
        offered = {value for value, *_ in self.choices}
        self.data = [value for value in self.data or () if value in offered]


class PlanFields(TextFields):
    """A plan, however unfinished. The words that are typed for ``answers`` are kept beside the plan."""

    target_body = Line(_l("Target body"), validators=[STORABLE])
    mission_type = SelectField(_l("Mission type"), validate_choice=False)
    measurement = Text(_l("Measurement"), validators=[STORABLE])
    readiness = SelectField(_l("Technology readiness"), validate_choice=False)
    time_frame = RadioField(_l("Time frame"), validate_choice=False)
    missions = ManyOf(_l("Related missions"))
    answers = Line(_l("Questions it answers"), validators=[STORABLE])

    def __init__(self, *args, offered: tuple[MissionView, ...], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.mission_type.choices = [("", ""), *((each.value, _l(word)) for each, word in MISSION_TYPE_WORDS.items())]
        self.readiness.choices = [
            ("", _l("I cannot say")),
            *((str(level), _l(word)) for level, word in READINESS_WORDS.items()),
        ]
        self.time_frame.choices = [(each.value, _l(word)) for each, word in TIME_FRAME_WORDS.items()]
        self.missions.choices = [
            (each.key, _l("%(name)s, around %(year)s", name=each.name, year=each.around) if each.around else each.name)
            for each in offered
        ]
        self.leave_out(name for name in OPTIONAL_OF_PLAN if name not in self.call.asks)

    def numbers(self) -> tuple[int, ...]:
        """The numbers of questions among the words that were typed for ``answers``."""
        return numbers_in(self.answers.data)

    def values(self) -> TextValues:
        plan = PlanValues(
            target_body=self.target_body.data,
            mission_type=_member(MissionType, self.mission_type.data),
            measurement=self.measurement.data,
            readiness=int(self.readiness.data) if self.readiness.data in map(str, READINESS_WORDS) else None,
            time_frame=_member(TimeFrame, self.time_frame.data),
            missions=tuple(self.missions.data),
        )
        return replace(super().values(), plan=plan)


class PlanForm(PlanFields, TextForm):
    """A plan that may be sent. ``public`` are the numbers of the call's questions among those it names."""

    def __init__(self, *args, public: frozenset[int], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.public = public

    def validate_target_body(self, field) -> None:
        short, long = _l("Name the target body"), _l("Shorten the name of the target body")
        CodePoints(minimum=1, maximum=LONGEST_BODY, too_short=short, too_long=long)(self, field)

    def validate_mission_type(self, field) -> None:
        OneOf(_l("Choose the mission type"))(self, field)

    def validate_measurement(self, field) -> None:
        most = self.call.limits.approach_max
        short = _l("Say what would be measured")
        long = _l("Shorten the measurement to at most %(most)s characters", most=most)
        CodePoints(minimum=1, maximum=most, too_short=short, too_long=long)(self, field)

    def validate_time_frame(self, field) -> None:
        OneOf(_l("Choose the time frame"))(self, field)

    def validate_answers(self, field) -> None:
        words = field.data.replace(",", " ").split()
        wrong = [word for word in words if not LABEL.fullmatch(word)]
        wrong += [f"Q-{number}" for number in self.numbers() if number not in self.public]
        if wrong:
            shown = ", ".join(word[:30] for word in dict.fromkeys(wrong[:5]))
            raise ValidationError(_l("Not among the public questions of this call: %(labels)s", labels=shown))
        if len(words) > MOST_ANSWERS:
            raise ValidationError(_l("Name at most %(most)s questions", most=MOST_ANSWERS))


def plan_fields(plan: PlanValues, *, answers: str) -> dict:
    """What is stored of a plan, by the names of its fields; ``answers`` are the words of that one."""
    return plan.to_json() | {"readiness": str(plan.readiness or ""), "answers": answers}


def numbers_in(text: str) -> tuple[int, ...]:
    """The numbers that somebody typed like “Q-12, Q-40”, each once."""
    found = (LABEL.fullmatch(word) for word in text.replace(",", " ").split())
    return tuple(dict.fromkeys(id_from(match[1]) for match in found if match))[:MOST_ANSWERS]


def _member(kind, value: str | None):
    return kind(value) if value in [member.value for member in kind] else None
