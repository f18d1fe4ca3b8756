"""What somebody gave for their journey to the meeting."""

from datetime import date, timedelta

from solicit.clock import utcnow
from solicit.invitations.models import Invitation, Meeting
from solicit.invitations.queries.travel_details import TravelDetails
from solicit.invitations.service.travel import save_travel
from solicit.invitations.states import InvitationState, VisaNeed


def accept(session, invitation: Invitation) -> None:
    """The invited person says that they come."""
    invitation.state, invitation.answered_at = InvitationState.ACCEPTED, utcnow()
    session.flush()


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
