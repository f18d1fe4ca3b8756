"""A meeting, and what somebody gave for their journey to it."""

from datetime import date, timedelta

from solicit.clock import utcnow
from solicit.invitations.models import Meeting
from solicit.invitations.queries.travel_details import TravelDetails
from solicit.invitations.service.travel import save_travel
from solicit.invitations.states import VisaNeed


def make_meeting(session, call, **values) -> Meeting:
    """A meeting in half a year."""
    first = (utcnow() + timedelta(days=180)).date()
    defaults = dict(
        call_id=call.id,
        title="Questions of deep space",
        starts_on=first,
        ends_on=first + timedelta(days=3),
        time_zone="Africa/Kigali",
        venue="House of Science",
        city="Kigali",
        country="RW",
        organization="Agency of Space",
        address="1 Hill Road\nKigali",
        contact="meeting@example.org",
        signatory="Amina Okoro",
        signatory_title="Director",
        changed_at=utcnow(),
    )
    meeting = Meeting(**defaults | values)
    session.add(meeting)
    session.flush()
    return meeting


def travel_details(meeting: Meeting, **values) -> TravelDetails:
    defaults = dict(
        passport_name="ZQPASSNAME ADA",
        passport_number="ZQ 1234567",
        nationality="KE",
        issued_by="KE",
        born_on=date(1980, 12, 31),
        expires_on=meeting.ends_on + timedelta(days=400),
        visa_need=VisaNeed.YES,
        from_city="Zqcity",
        arrives_on=meeting.starts_on - timedelta(days=1),
        leaves_on=meeting.ends_on + timedelta(days=1),
        wishes="Zqwish: a seat at the aisle.",
        emergency="Zqfriend +254 700 000 000",
        diet="Zqdiet: no nuts",
        access="",
    )
    return TravelDetails(**defaults | values)


def travel_form(details: TravelDetails, **values) -> dict[str, str]:
    """The details as a browser sends them."""
    return details.to_plain() | values


def give_travel(session, call, meeting, person, **values) -> TravelDetails:
    """Somebody who comes gives their details."""
    details = travel_details(meeting, **values)
    save_travel(session, call_id=call.id, person_id=person.id, details=details, now=utcnow())
    session.flush()
    return details
