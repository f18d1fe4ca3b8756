"""Telling organizers what changed in their calls."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from solicit.mail.service import enqueue
from solicit.reports.queries.digest import DIGEST, changes, readers

FIRST_PERIOD = timedelta(days=1)


def write_digests(session: Session, *, now: datetime) -> int:
    """Write to every organizer of a running call in which something changed, once a day; return how many.

    The day is part of the letter's identity: a task that runs twice writes nothing twice.
    """
    n_written = 0
    for reader in readers(session):
        since = reader.told_at or now - FIRST_PERIOD
        found = changes(session, call_id=reader.call_id, viewer_id=reader.person_id, since=since)
        if not found.is_news:
            continue
        letter = enqueue(
            session,
            to=reader.to,
            kind=DIGEST,
            params={"call_title": reader.title, "path": f"/{reader.slug}/organize", **asdict(found)},
            now=now,
            call_id=reader.call_id,
            once=f"digest of {now.astimezone(UTC):%Y-%m-%d} call {reader.call_id} person {reader.person_id}",
        )
        n_written += letter is not None
    return n_written
