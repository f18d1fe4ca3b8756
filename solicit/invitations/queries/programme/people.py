"""Who takes part in the meeting, as one organizer may see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, ThemeView
from solicit.invitations.queries.letters.rows import InvitationRow, invitations_of_call
from solicit.invitations.queries.programme.questions import MeetingQuestion, meeting_questions
from solicit.invitations.states import ATTENDANCE_WORDS, HOLDING, INVITATION_WORDS, Attendance, InvitationState
from solicit.web.folding import fold


@dataclass(frozen=True)
class Participant:
    """One person in the list of the meeting; theme and topic are those of their best question."""

    invitation_id: int
    person_id: int
    name: str
    state: InvitationState
    attendance: Attendance
    country: str
    country_name: str
    affiliation: str
    theme: ThemeView | None
    topic: str
    questions: tuple[MeetingQuestion, ...]

    @property
    def state_word(self) -> str:
        return INVITATION_WORDS[self.state]

    @property
    def attendance_word(self) -> str:
        return ATTENDANCE_WORDS[self.attendance]

    @property
    def theme_keys(self) -> frozenset[str]:
        """Every theme in which they have a question, or the one they were proposed for."""
        return frozenset(theme.key for theme in (self.theme, *(each.theme for each in self.questions)) if theme)

    @property
    def topics(self) -> dict[int, str]:
        return {question.topic_id: question.topic for question in self.questions if question.topic_id}

    @property
    def group(self) -> tuple[ThemeView | None, str]:
        return self.theme, self.topic


def participants(session: Session, *, call: CallFacts, viewer_id: int, locale: str) -> tuple[Participant, ...]:
    """The people who take part and whom this organizer may see, by theme, topic and name; three statements."""
    rows = invitations_of_call(session, call=call, viewer_id=viewer_id, locale=locale).visible
    questions = {question.id: question for question in meeting_questions(session, call=call)}
    found = [_participant(call, row, questions) for row in rows if row.state in HOLDING]
    return in_groups(call, found)


def in_groups(call: CallFacts, people: Sequence[Participant]) -> tuple[Participant, ...]:
    """By theme, then by topic; people without a question stand at the end of their theme."""
    places = {theme: place for place, theme in enumerate(call.themes)}

    def place(person: Participant) -> tuple:
        theme = places.get(person.theme, len(places))
        return theme, not person.questions, not person.topic, fold(person.topic), *by_name(person)

    return tuple(sorted(people, key=place))


def by_name(person: Participant) -> tuple[str, int]:
    return fold(person.name), person.person_id


def _participant(call: CallFacts, row: InvitationRow, questions: Mapping[int, MeetingQuestion]) -> Participant:
    written = [questions[number] for number in row.question_ids if number in questions]
    written.sort(key=lambda question: (question.place, question.id))
    themes = [theme for theme in call.themes if theme.key in row.theme_keys]
    best = written[0] if written else None
    return Participant(
        invitation_id=row.id,
        person_id=row.person_id,
        name=row.name,
        state=row.state,
        attendance=row.attendance,
        country=row.country or "",
        country_name=row.country_name,
        affiliation=row.affiliation,
        theme=best.theme if best else next(iter(themes), None),
        topic=best.topic if best else "",
        questions=tuple(written),
    )
