"""What one letter says: the facts, before they are words of a language."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.invitations.models import Invitation, LetterBatch, SelectionCandidate
from solicit.invitations.queries.letters.rows import as_selected
from solicit.invitations.queries.meeting import MeetingView, meeting_from_json
from solicit.invitations.queries.sight import sight_of
from solicit.invitations.states import Attendance
from solicit.people.models import Person

EXAMPLE_LEAD = timedelta(days=60)


@dataclass(frozen=True)
class Paid:
    """What the organizers pay, without amounts; ``nights`` is None where nobody said how many."""

    is_online: bool
    nights: int | None = None
    has_visa: bool = False
    has_insurance: bool = False


@dataclass(frozen=True)
class LetterFacts:
    reference: str
    written_on: date
    name: str
    affiliation: str
    country: str | None
    locale: str
    call_title: str
    meeting: MeetingView
    paid: Paid
    answer_by: datetime


def letter_facts(
    session: Session, *, call: CallFacts, invitation_id: int, viewer_id: int | None = None
) -> LetterFacts | None:
    """The letter of an invitation, as it was prepared, unless it is hidden from the reader; two statements at most.

    Without a reader it is asked for by the invited person themselves.
    """
    row = session.execute(
        sa.select(Invitation, LetterBatch, Person, SelectionCandidate)
        .join(LetterBatch, LetterBatch.id == Invitation.batch_id)
        .join(Person, Person.id == Invitation.person_id)
        .outerjoin(SelectionCandidate, as_selected())
        .where(Invitation.id == invitation_id, Invitation.call_id == call.id)
    ).one_or_none()
    if row is None or (viewer_id and sight_of(session, viewer_id=viewer_id).hides(row.SelectionCandidate)):
        return None
    batch, person, meeting = row.LetterBatch, row.Person, meeting_from_json(row.LetterBatch.meeting)
    return LetterFacts(
        reference=f"{call.slug}-{invitation_id}",
        written_on=(batch.decided_at or batch.prepared_at).astimezone(meeting.zone).date(),
        name=person.full_name,
        affiliation=person.affiliation,
        country=person.country,
        locale=person.locale,
        call_title=call.title,
        meeting=meeting,
        paid=paid_for(row.Invitation.attendance, batch.cost_rates, row.SelectionCandidate),
        answer_by=batch.answer_by,
    )


def example_letter(
    *, call: CallFacts, meeting: MeetingView, rates: dict, name: str, locale: str, now: datetime
) -> LetterFacts:
    """A letter to the reader, as an example of those of a meeting."""
    return LetterFacts(
        reference=f"{call.slug}-0",
        written_on=now.astimezone(meeting.zone).date(),
        name=name,
        affiliation="",
        country=meeting.country,
        locale=locale,
        call_title=call.title,
        meeting=meeting,
        paid=paid_for(Attendance.IN_PERSON, rates, None),
        answer_by=meeting.end_of(meeting.starts_on - EXAMPLE_LEAD),
    )


def paid_for(attendance: Attendance, rates: dict, candidate: SelectionCandidate | None) -> Paid:
    """What is paid, by the costs that the selection was made with."""
    if attendance is Attendance.ONLINE:
        return Paid(is_online=True)
    country = candidate.country if candidate else None
    return Paid(
        is_online=False,
        nights=rates.get("nights"),
        has_visa=bool(rates.get("visa_cents")) and country != rates.get("host_country"),
        has_insurance=bool(rates.get("insurance_cents")),
    )
