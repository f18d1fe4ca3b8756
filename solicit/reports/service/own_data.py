"""Giving people along what is kept of them, a few times an hour: it reads every table."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from solicit.audit.queries import n_acts_since
from solicit.audit.service import record
from solicit.errors import DomainError
from solicit.invitations.service.travel import open_all_own_travel
from solicit.reports.queries.personal import personal_data

ACT = "download data"
MOST_DOWNLOADS = 10
DOWNLOADS_WINDOW = timedelta(hours=1)


class TooManyDownloads(DomainError):
    """Somebody took their data along as often as they may within the window."""


def take_data_along(session: Session, *, person_id: int, now: datetime) -> dict:
    """The document with everything that is kept of a person, counted in the audit; raises TooManyDownloads."""
    if n_acts_since(session, act=ACT, actor_id=person_id, since=now - DOWNLOADS_WINDOW) >= MOST_DOWNLOADS:
        raise TooManyDownloads
    record(session, act=ACT, subject="person", subject_id=person_id, actor_id=person_id, now=now)
    tables = personal_data(session, person_id=person_id)
    given = open_all_own_travel(session, person_id=person_id, now=now)
    for row in tables["travel_document"]["rows"]:
        row["details"] = given[row["invitation_id"]]
    return {"made_at": now.isoformat(), "tables": tables}
