"""What the head of a letter says of a meeting and its host."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.errors import Refused
from solicit.invitations.models import Meeting
from solicit.words import N_


@dataclass(frozen=True)
class VisaLetterhead:
    """Who invites, to what, and who signs."""

    title: str
    starts_on: date
    ends_on: date
    venue: str
    city: str
    country: str
    organization: str
    address: str
    contact: str
    signatory: str
    signatory_title: str


def visa_letterhead(session: Session, *, call_id: int) -> VisaLetterhead:
    """The head of a visa support letter; one statement. Raises Refused before there is a meeting."""
    columns = [getattr(Meeting, name) for name in VisaLetterhead.__dataclass_fields__]
    row = session.execute(sa.select(*columns).where(Meeting.call_id == call_id)).one_or_none()
    if row is None:
        raise Refused(N_("The days of the meeting are not set yet. Come back when they are."))
    return VisaLetterhead(*row)
