"""Travel details without what is in them: who gave them, until when they are kept, and who read them."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts
from solicit.invitations.models import (
    Invitation,
    SelectionCandidate,
    TravelDocument,
    TravelReading,
)
from solicit.invitations.queries.letters.rows import as_selected
from solicit.invitations.queries.meeting import MeetingView, meeting_of
from solicit.invitations.queries.sight import is_hidden_from
from solicit.invitations.states import COMING, READING_PURPOSE_WORDS, Attendance, InvitationState, ReadingPurpose
from solicit.people.models import Person
from solicit.web.pagination import Window

# What organizers open details for.
BY_ORGANIZERS = (ReadingPurpose.ARRANGE_TRAVEL, ReadingPurpose.VISA_LETTER)
MOST_OWN_READINGS = 50

subject = aliased(Person)
reader = aliased(Person)


@dataclass(frozen=True)
class OwnReading:
    """That the details of a person were opened; of others only their part is said."""

    read_at: datetime
    purpose: ReadingPurpose
    by_themselves: bool

    @property
    def purpose_word(self) -> str:
        return READING_PURPOSE_WORDS[self.purpose]


@dataclass(frozen=True)
class OwnTravel:
    """What a person is told of their own travel details before they open them."""

    is_online: bool
    stored_at: datetime | None
    meeting: MeetingView | None
    readings: tuple[OwnReading, ...]


@dataclass(frozen=True)
class Traveller:
    """Somebody who comes in person, in the organizers' list."""

    invitation_id: int
    name: str
    is_confirmed: bool
    stored_at: datetime | None


@dataclass(frozen=True)
class Travellers:
    """A page of those who come in person, and how many of all gave their details."""

    rows: tuple[Traveller, ...]
    n_given: int
    n_missing: int

    def total(self, is_given: bool | None) -> int:
        return {True: self.n_given, False: self.n_missing, None: self.n_given + self.n_missing}[is_given]


@dataclass(frozen=True)
class ReadingLine:
    """One reading in the organizers' list; the name of an erased reader is empty."""

    read_at: datetime
    reader: str
    whose: str
    purpose_word: str


def own_travel_subject(session: Session, *, call: CallFacts, **_) -> Subject:
    """Facts for the policy: the page is for everybody who comes, and shows each their own."""
    coming = sa.select(Invitation.person_id).where(Invitation.call_id == call.id, Invitation.state.in_(COMING))
    return Subject(call_id=call.id, owner_ids=frozenset(session.scalars(coming)))


def traveller_subject(session: Session, *, call: CallFacts, invitation_id: int, **_) -> Subject | None:
    """Facts for the policy: an invitation belongs to its call."""
    found = sa.select(Invitation.id).where(Invitation.id == invitation_id, Invitation.call_id == call.id)
    return Subject(call_id=call.id) if session.scalar(found) else None


def own_travel(session: Session, *, call: CallFacts, person_id: int) -> OwnTravel:
    """The page of a person who comes; three statements."""
    row = session.execute(
        sa.select(Invitation.attendance, TravelDocument.changed_at)
        .outerjoin(TravelDocument, TravelDocument.invitation_id == Invitation.id)
        .where(Invitation.call_id == call.id, Invitation.person_id == person_id)
    ).one()
    readings = session.execute(
        sa.select(TravelReading.read_at, TravelReading.purpose, TravelReading.reader_id)
        .where(TravelReading.call_id == call.id, TravelReading.subject_id == person_id)
        .order_by(TravelReading.id.desc())
        .limit(MOST_OWN_READINGS)
    )
    return OwnTravel(
        is_online=row.attendance is Attendance.ONLINE,
        stored_at=row.changed_at,
        meeting=meeting_of(session, call_id=call.id),
        readings=tuple(OwnReading(each.read_at, each.purpose, each.reader_id == person_id) for each in readings),
    )


def travellers(
    session: Session, *, call: CallFacts, viewer_id: int, is_given: bool | None, window: Window
) -> Travellers:
    """Who comes in person, by name, as one organizer may see them; two statements."""
    coming = _visible_travellers(call=call, viewer_id=viewer_id)
    listed = sa.select(coming).limit(window.size).offset(window.offset)
    if is_given is not None:
        listed = listed.where(coming.c.stored_at.is_not(None) if is_given else coming.c.stored_at.is_(None))
    rows = session.execute(listed.order_by(sa.func.lower(coming.c.full_name).collate("C"), coming.c.id))
    n_all, n_given = session.execute(
        sa.select(sa.func.count(), sa.func.count(coming.c.stored_at)).select_from(coming)
    ).one()
    return Travellers(
        rows=tuple(
            Traveller(row.id, row.full_name, row.state is InvitationState.CONFIRMED, row.stored_at) for row in rows
        ),
        n_given=n_given,
        n_missing=n_all - n_given,
    )


def traveller_name(session: Session, *, call: CallFacts, invitation_id: int, viewer_id: int) -> str | None:
    """The name of somebody who comes in person, if this organizer may see them; one statement."""
    coming = _visible_travellers(call=call, viewer_id=viewer_id)
    return session.scalar(sa.select(coming.c.full_name).where(coming.c.id == invitation_id))


def n_readings_since(session: Session, *, reader_id: int, since: datetime) -> int:
    """How often somebody opened the details of others."""
    read = sa.select(sa.func.count()).where(TravelReading.reader_id == reader_id, TravelReading.read_at > since)
    return session.scalars(read.where(TravelReading.subject_id != reader_id)).one()


def reading_lines(
    session: Session, *, call: CallFacts, viewer_id: int, purpose: ReadingPurpose | None, window: Window | None
) -> tuple[ReadingLine, ...]:
    """Who opened whose details, latest first; one statement."""
    read = _visible_readings(call=call, viewer_id=viewer_id)
    listed = (
        sa.select(read, subject.full_name.label("whose"), reader.full_name.label("reader"))
        .join(subject, subject.id == read.c.subject_id)
        .outerjoin(reader, reader.id == read.c.reader_id)
        .order_by(read.c.id.desc())
    )
    if purpose:
        listed = listed.where(read.c.purpose == purpose)
    if window:
        listed = listed.limit(window.size).offset(window.offset)
    rows = session.execute(listed)
    return tuple(ReadingLine(r.read_at, r.reader or "", r.whose, READING_PURPOSE_WORDS[r.purpose]) for r in rows)


def n_readings(session: Session, *, call: CallFacts, viewer_id: int) -> dict[ReadingPurpose, int]:
    """How many readings the list has for each purpose; one statement."""
    read = _visible_readings(call=call, viewer_id=viewer_id)
    counted = session.execute(sa.select(read.c.purpose, sa.func.count()).group_by(read.c.purpose)).all()
    return dict.fromkeys(BY_ORGANIZERS, 0) | {row.purpose: row[1] for row in counted}


def _visible_readings(*, call: CallFacts, viewer_id: int) -> sa.Subquery:
    """Without those of people whom the organizer may not see, and without what people read of themselves."""
    is_subject = sa.and_(Invitation.call_id == TravelReading.call_id, Invitation.person_id == TravelReading.subject_id)
    return (
        sa.select(TravelReading)
        .join(Invitation, is_subject)
        .join(SelectionCandidate, as_selected())
        .where(TravelReading.call_id == call.id, TravelReading.reader_id.is_distinct_from(TravelReading.subject_id))
        .where(~is_hidden_from(viewer_id))
        .subquery()
    )


def _visible_travellers(*, call: CallFacts, viewer_id: int) -> sa.Subquery:
    return (
        sa.select(Invitation.id, Invitation.state, Person.full_name, TravelDocument.changed_at.label("stored_at"))
        .join(Person, Person.id == Invitation.person_id)
        .join(SelectionCandidate, as_selected())
        .outerjoin(TravelDocument, TravelDocument.invitation_id == Invitation.id)
        .where(Invitation.call_id == call.id, Invitation.state.in_(COMING))
        .where(Invitation.attendance == Attendance.IN_PERSON)
        .where(~is_hidden_from(viewer_id))
        .subquery()
    )
