"""The shape of sessions and slots of the programme."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField, ValidationError
from wtforms.validators import InputRequired

from solicit.calls.queries import CallFacts
from solicit.invitations.forms.numbers import between
from solicit.invitations.queries.meeting import MeetingView
from solicit.invitations.queries.programme.page import SessionView, SlotView
from solicit.invitations.queries.programme.questions import MeetingQuestion
from solicit.invitations.queries.programme.speakers import Speaker
from solicit.invitations.service.programme.sessions import SessionValues, SlotValues
from solicit.submissions.forms.edit import Versioned
from solicit.web.dates import day as day_words
from solicit.web.forms import BaseForm, CodePoints, Line, WholeNumber
from solicit.web.routing import id_from

LONGEST_TITLE, LONGEST_ROOM = 200, 100
CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)


class SkeletonForm(BaseForm):
    """``seen`` is the state of the programme that the organizer decides on."""

    seen = HiddenField(validators=[InputRequired(_l("Open the page again"))])
    replaces = BooleanField(_l("Remove all sessions first, with everything that was changed by hand"))


class SessionForm(BaseForm):
    title = Line(
        _l("Title"),
        validators=[
            CodePoints(
                minimum=1,
                maximum=LONGEST_TITLE,
                too_short=_l("Enter a title"),
                too_long=_l("Use at most 200 characters for a title"),
            )
        ],
    )
    theme = SelectField(_l("Theme"))
    day = SelectField(_l("Day"))
    clock = Line(_l("Begins at"))
    minutes = WholeNumber(_l("Minutes"), validators=[between(5, 600, _l("Enter the minutes, from 5 to 600"))])
    room = Line(
        _l("Room"),
        validators=[
            CodePoints(maximum=LONGEST_ROOM, too_short="", too_long=_l("Use at most 100 characters for a room"))
        ],
    )

    def offer(self, call: CallFacts, days: Sequence[date]) -> "SessionForm":
        self.theme.choices = [("", _l("No theme")), *((theme.key, theme.name) for theme in call.themes)]
        self.day.choices = [("", _l("No time yet")), *((day.isoformat(), day_words(day)) for day in days)]
        return self

    def validate_clock(self, field) -> None:
        if bool(field.data) != bool(self.day.data):
            raise ValidationError(_l("Enter a day and a time, or neither"))
        if field.data and not CLOCK.fullmatch(field.data):
            raise ValidationError(_l("Enter a time such as 09:30"))

    def values(self, call: CallFacts, meeting: MeetingView) -> SessionValues:
        """What an accepted form says; its clock is that of the meeting's place."""
        theme = call.theme(self.theme.data)
        return SessionValues(
            title=self.title.data,
            room=self.room.data,
            starts_at=self._moment(meeting) if self.day.data else None,
            minutes=self.minutes.data,
            theme_id=theme.id if theme else None,
        )

    def _moment(self, meeting: MeetingView) -> datetime:
        hours, minutes = CLOCK.fullmatch(self.clock.data).groups()
        return datetime.combine(date.fromisoformat(self.day.data), time(int(hours), int(minutes)), meeting.zone)


class ChangeSessionForm(Versioned, SessionForm):
    pass


def session_values(view: SessionView) -> dict:
    """What a form shows of a session."""
    return {
        "title": view.title,
        "theme": view.theme.key if view.theme else "",
        "day": view.day.isoformat() if view.day else "",
        "clock": view.starts_at.strftime("%H:%M") if view.starts_at else "",
        "minutes": view.minutes,
        "room": view.room,
        "version": view.version,
    }


class SlotForm(BaseForm):
    question = SelectField(_l("Question"))
    title = Line(
        _l("Title"),
        validators=[
            CodePoints(maximum=LONGEST_TITLE, too_short="", too_long=_l("Use at most 200 characters for a title"))
        ],
    )
    speaker = SelectField(_l("Speaker"))
    minutes = WholeNumber(_l("Minutes"), validators=[between(1, 600, _l("Enter the minutes, from 1 to 600"))])

    def offer(self, questions: Mapping[str, Sequence[tuple[str, str]]], people: Sequence[tuple[str, str]]):
        self.question.choices = {"–": [("", _l("No question"))], **questions}
        self.speaker.choices = [("", _l("To be named")), *people]
        return self

    def validate_title(self, field) -> None:
        if not field.data and not self.question.data:
            raise ValidationError(_l("Choose a question or enter a title"))

    def values(self) -> SlotValues:
        return SlotValues(
            question_id=id_from(self.question.data),
            invitation_id=id_from(self.speaker.data),
            title=self.title.data,
            minutes=self.minutes.data,
        )


class ChangeSlotForm(Versioned, SlotForm):
    pass


def slot_values(view: SlotView, version: int) -> dict:
    """What a form shows of a slot."""
    return {
        "question": str(view.question_id or ""),
        "title": view.title,
        "speaker": str(view.invitation_id or ""),
        "minutes": view.minutes,
        "version": version,
    }


def question_choices(
    questions: Sequence[MeetingQuestion], hidden: frozenset[int], slot: SlotView | None = None
) -> dict[str, list[tuple[str, str]]]:
    """The questions that an organizer may give a slot, by theme; a slot keeps one that is ranked no longer."""
    found: dict[str, list[tuple[str, str]]] = {}
    for each in questions:
        if each.id not in hidden:
            found.setdefault(each.theme.name, []).append((str(each.id), f"{each.label} {each.title}"))
    known = {value for group in found.values() for value, _ in group}
    if slot and slot.question_id and str(slot.question_id) not in known:
        found["…"] = [(str(slot.question_id), f"{slot.label} {slot.question_title}")]
    return found


def speaker_choices(people: Sequence[Speaker], question_id: int | None) -> list[tuple[str, str]]:
    """Those who wrote the question first."""
    ordered = sorted(people, key=lambda each: question_id not in each.question_ids)
    return [(str(each.invitation_id), each.name) for each in ordered]
