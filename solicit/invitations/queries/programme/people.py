"""Who takes part in the meeting, as one organizer may see them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, ThemeView
from solicit.invitations.models import Invitation, Nomination, SelectionCandidate
from solicit.invitations.queries.programme.questions import MeetingQuestion, meeting_questions
from solicit.invitations.states import ATTENDANCE_WORDS, INVITATION_WORDS, Attendance, InvitationState
from solicit.people.models import Person
from solicit.people.queries import country_name
from solicit.questions.queries.involvement import questions_of

# Who said no is not there; who was only selected does not know of it yet.
TAKING_PART = (InvitationState.OFFERED, InvitationState.ACCEPTED, InvitationState.CONFIRMED)


@dataclass(frozen=True)
class Guest:
    """An invited person with what their selection knew of them; not yet anything for a page."""

    invitation_id: int
    person_id: int
    account_ids: frozenset[int]
    name: str
    state: InvitationState
    attendance: Attendance
    country: str | None
    institution: str
    question_ids: tuple[int, ...]
    theme_keys: tuple[str, ...]


@dataclass(frozen=True)
class Sight:
    """What one organizer must not see: who wrote a question in which they have a part, and themselves."""

    viewer_id: int
    question_ids: frozenset[int]

    def hides(self, account_ids: Collection[int], question_ids: Collection[int]) -> bool:
        return self.viewer_id in account_ids or not self.question_ids.isdisjoint(question_ids)

    def hides_guest(self, guest: Guest) -> bool:
        return self.hides(guest.account_ids, guest.question_ids)


@dataclass(frozen=True)
class Participant:
    """One person in the list of the meeting; theme and topic are those of their best question."""

    invitation_id: int
    person_id: int
    name: str
    state: InvitationState
    attendance: Attendance
    country: str
    institution: str
    theme: ThemeView | None
    topic_id: int | None
    topic: str
    questions: tuple[MeetingQuestion, ...]

    @property
    def state_word(self) -> str:
        return INVITATION_WORDS[self.state]

    @property
    def attendance_word(self) -> str:
        return ATTENDANCE_WORDS[self.attendance]


def sight_of(session: Session, *, viewer_id: int) -> Sight:
    """One statement."""
    return Sight(viewer_id, frozenset(session.scalars(questions_of(viewer_id))))


def guests(
    session: Session, *, call: CallFacts, states: Sequence[InvitationState] = TAKING_PART
) -> tuple[Guest, ...]:
    """Everybody invited, whoever asks; one statement."""
    rows = session.execute(
        sa.select(Invitation, Person.full_name, SelectionCandidate, Nomination.theme_id)
        .join(Person, Person.id == Invitation.person_id)
        .outerjoin(
            SelectionCandidate,
            sa.and_(
                SelectionCandidate.selection_id == Invitation.selection_id,
                SelectionCandidate.person_id == Invitation.person_id,
            ),
        )
        .outerjoin(
            Nomination, sa.and_(Nomination.call_id == call.id, Nomination.person_id == Invitation.person_id)
        )
        .where(Invitation.call_id == call.id, Invitation.state.in_(states))
        .order_by(Invitation.id)
    )
    return tuple(_guest(call, row) for row in rows)


def participants(session: Session, *, call: CallFacts, viewer_id: int, locale: str) -> tuple[Participant, ...]:
    """The people who take part and whom this organizer may see, by theme, topic and name; three statements."""
    sight = sight_of(session, viewer_id=viewer_id)
    questions = {question.id: question for question in meeting_questions(session, call=call)}
    seen = [guest for guest in guests(session, call=call) if not sight.hides_guest(guest)]
    return in_groups(call, [_participant(call, guest, questions, locale) for guest in seen])


def in_groups(call: CallFacts, people: Sequence[Participant]) -> tuple[Participant, ...]:
    """By theme, then by topic; people without a question stand at the end of their theme."""
    places = {theme: place for place, theme in enumerate(call.themes)}

    def place(person: Participant) -> tuple:
        theme = places.get(person.theme, len(places))
        return theme, not person.questions, not person.topic, person.topic.casefold(), *by_name(person)

    return tuple(sorted(people, key=place))


def by_name(person: Participant) -> tuple[str, int]:
    return person.name.casefold(), person.person_id


def _guest(call: CallFacts, row) -> Guest:
    invitation, candidate, theme = row.Invitation, row.SelectionCandidate, call.theme_by_id(row.theme_id)
    proposed = (theme.key,) if theme else ()
    return Guest(
        invitation_id=invitation.id,
        person_id=invitation.person_id,
        account_ids=frozenset((invitation.person_id, *(candidate.also_ids if candidate else ()))),
        name=row.full_name,
        state=invitation.state,
        attendance=invitation.attendance,
        country=candidate.country if candidate else None,
        institution=candidate.institution if candidate else "",
        question_ids=tuple(candidate.question_ids) if candidate else (),
        theme_keys=tuple(candidate.theme_keys) if candidate and candidate.theme_keys else proposed,
    )


def _participant(
    call: CallFacts, guest: Guest, questions: Mapping[int, MeetingQuestion], locale: str
) -> Participant:
    written = [questions[number] for number in guest.question_ids if number in questions]
    written.sort(key=lambda question: (question.place, question.id))
    themes = [theme for theme in call.themes if theme.key in guest.theme_keys]
    best = written[0] if written else None
    return Participant(
        invitation_id=guest.invitation_id,
        person_id=guest.person_id,
        name=guest.name,
        state=guest.state,
        attendance=guest.attendance,
        country=country_name(guest.country, locale) if guest.country else "",
        institution=guest.institution,
        theme=best.theme if best else next(iter(themes), None),
        topic_id=best.topic_id if best else None,
        topic=best.topic if best else "",
        questions=tuple(written),
    )
