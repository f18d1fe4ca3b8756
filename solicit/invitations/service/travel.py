"""Changing and opening travel details; whoever opens them leaves a row in the same transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.queries import CallFacts
from solicit.errors import Closed, DomainError, NotFound, Refused
from solicit.invitations.models import Invitation, TravelDocument, TravelReading
from solicit.invitations.queries.meeting import meeting_of
from solicit.invitations.queries.travel import n_readings_since, traveller_name
from solicit.invitations.queries.travel_details import TravelDetails
from solicit.invitations.service.travel_seal import CannotOpen, seal, unseal
from solicit.invitations.states import COMING, Attendance, ReadingPurpose
from solicit.people.models import Person
from solicit.words import N_

MOST_READINGS = 40
READINGS_WINDOW = timedelta(hours=1)


class NothingStored(Refused):
    """Somebody wants what was not given, or is deleted."""

    message = N_("No travel details are stored.")


class TooManyReadings(DomainError):
    """An organizer opened more details than arranging journeys takes."""


@dataclass(frozen=True, repr=False)
class OpenedTravel:
    """The details of somebody and their name, for this one answer."""

    name: str
    details: TravelDetails


def save_travel(session: Session, *, call_id: int, person_id: int, details: TravelDetails, now: datetime) -> None:
    """Keep what somebody who comes in person gave; it replaces what they gave before."""
    invitation = _own_invitation(session, call_id=call_id, person_id=person_id)
    if invitation.attendance is Attendance.ONLINE:
        raise Refused(N_("You take part online: no travel details are needed."))
    meeting = meeting_of(session, call_id=call_id)
    if meeting is None:
        raise Refused(N_("The days of the meeting are not set yet. Come back when they are."))
    if now.date() > meeting.keep_travel_until:
        raise Closed(N_("The meeting is over: no travel details are kept any more."))
    sealed = seal(details, invitation_id=invitation.id)
    row = insert(TravelDocument).values(invitation_id=invitation.id, sealed=sealed, changed_at=now)
    session.execute(
        row.on_conflict_do_update(index_elements=["invitation_id"], set_={"sealed": sealed, "changed_at": now})
    )
    _note(session, "give travel details", invitation, actor_id=person_id, now=now)


def delete_own_travel(session: Session, *, call_id: int, person_id: int, now: datetime) -> None:
    """Delete what somebody gave; deleting twice changes nothing."""
    invitation = _own_invitation(session, call_id=call_id, person_id=person_id)
    if forget_travel(session, invitation_id=invitation.id):
        _note(session, "delete travel details", invitation, actor_id=person_id, now=now)


def forget_travel(session: Session, *, invitation_id: int) -> bool:
    """Delete the details of an invitation that leads nowhere any more; whether there were any. Readings stay."""
    gone = session.execute(sa.delete(TravelDocument).where(TravelDocument.invitation_id == invitation_id))
    return gone.rowcount > 0


def open_own_travel(
    session: Session, *, call_id: int, person_id: int, purpose: ReadingPurpose, now: datetime
) -> TravelDetails:
    """What a person gave, for themselves."""
    invitation = _own_invitation(session, call_id=call_id, person_id=person_id)
    return _open(session, invitation, reader_id=person_id, purpose=purpose, now=now)


def open_travel(
    session: Session, *, call: CallFacts, invitation_id: int, reader_id: int, purpose: ReadingPurpose, now: datetime
) -> OpenedTravel:
    """What somebody gave, for an organizer who may see them; raises TooManyReadings."""
    # One reading of a person at a time, so that none slips past the count.
    session.execute(sa.select(Person.id).where(Person.id == reader_id).with_for_update())
    name = traveller_name(session, call=call, invitation_id=invitation_id, viewer_id=reader_id)
    if name is None:
        raise NotFound
    if n_readings_since(session, reader_id=reader_id, since=now - READINGS_WINDOW) >= MOST_READINGS:
        raise TooManyReadings
    invitation = session.get_one(Invitation, invitation_id)
    return OpenedTravel(name, _open(session, invitation, reader_id=reader_id, purpose=purpose, now=now))


def note_too_many(session: Session, *, call_id: int, reader_id: int, now: datetime) -> None:
    """Leave in the audit that somebody was stopped: that may be a stolen account."""
    about = dict(subject="person", subject_id=reader_id, actor_id=reader_id, call_id=call_id)
    record(session, act="open too many travel details", now=now, **about)


def open_all_own_travel(session: Session, *, person_id: int, now: datetime) -> dict[int, dict | str]:
    """Everything a person gave, by invitation, for the copy of their data; a sentence for what no key opens."""
    stored = sa.select(Invitation).join(TravelDocument, TravelDocument.invitation_id == Invitation.id)
    given = {}
    for invitation in session.scalars(stored.where(Invitation.person_id == person_id).order_by(Invitation.id)).all():
        try:
            details = _open(session, invitation, reader_id=person_id, purpose=ReadingPurpose.OWN, now=now)
            given[invitation.id] = details.to_plain()
        except CannotOpen as error:
            given[invitation.id] = error.message
    return given


def _own_invitation(session: Session, *, call_id: int, person_id: int) -> Invitation:
    own = sa.select(Invitation).where(Invitation.call_id == call_id, Invitation.person_id == person_id)
    invitation = session.scalar(own.with_for_update().execution_options(populate_existing=True))
    if invitation is None or invitation.state not in COMING:
        raise NotFound
    return invitation


def _open(
    session: Session, invitation: Invitation, *, reader_id: int, purpose: ReadingPurpose, now: datetime
) -> TravelDetails:
    """Open a seal and note it: neither is without the other, and nothing is shown before both are saved."""
    document = session.get(TravelDocument, invitation.id)
    if document is None:
        raise NothingStored
    details = unseal(document.sealed, invitation_id=invitation.id)
    session.add(
        TravelReading(
            call_id=invitation.call_id,
            subject_id=invitation.person_id,
            reader_id=reader_id,
            purpose=purpose,
            read_at=now,
        )
    )
    _note(session, "open travel details", invitation, actor_id=reader_id, now=now, purpose=purpose.value)
    return details


def _note(session: Session, act: str, invitation: Invitation, *, actor_id: int, now: datetime, **details) -> None:
    about = dict(subject="invitation", subject_id=invitation.id, call_id=invitation.call_id, actor_id=actor_id)
    record(session, act=act, now=now, **about, **details)
