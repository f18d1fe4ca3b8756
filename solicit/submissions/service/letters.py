"""Writing to the people around a submission."""

from datetime import UTC, datetime

import sqlalchemy as sa
from babel.dates import format_datetime
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.mail.models import OutboxMail
from solicit.mail.service import Recipient, enqueue
from solicit.people.models import Person
from solicit.submissions.models import Submission
from solicit.submissions.queries.correspondence import correspondents, everybody


def write_to_submitter(
    session: Session, kind: str, submission: Submission, call: CallFacts, now: datetime, **params: object
) -> None:
    """Write to the submitter and to the corresponding author."""
    _write(session, correspondents(), kind, submission, call, now, params)


def write_to_everybody(session: Session, kind: str, submission: Submission, call: CallFacts, now: datetime) -> None:
    """Write to the submitter and to every author who agreed."""
    _write(session, everybody(), kind, submission, call, now, {})


def n_letters(session: Session, *, kind: str, email: str, reference: str, since: datetime) -> int:
    """Letters of a kind to an address, or about a submission to any: neither is a way to write to strangers."""
    same = sa.or_(OutboxMail.recipient == email, OutboxMail.params["reference"].astext == reference)
    recent = sa.select(sa.func.count()).where(OutboxMail.kind == kind, OutboxMail.created_at > since, same)
    return session.scalar(recent) or 0


def in_utc(moment: datetime, locale: str) -> str:
    """A time as letters say it."""
    return f"{format_datetime(moment.astimezone(UTC), 'd MMMM y, HH:mm', locale=locale.replace('-', '_'))} UTC"


def _write(
    session: Session,
    told: sa.Subquery,
    kind: str,
    submission: Submission,
    call: CallFacts,
    now: datetime,
    params: dict[str, object],
) -> None:
    people = session.scalars(
        sa.select(Person)
        .join(told, told.c.person_id == Person.id)
        .where(told.c.submission_id == submission.id, Person.active)
        .order_by(Person.id)
    )
    for person in people.all():
        own = dict(
            reference=submission.reference,
            title=submission.title,
            call_title=call.title,
            closes_at=in_utc(call.stops_at, person.locale),
            path=f"/{person.locale}/{call.slug}/my/{submission.reference}",
        )
        # A time is told in the language of each reader.
        said = {name: in_utc(v, person.locale) if isinstance(v, datetime) else v for name, v in params.items()}
        to = Recipient(person.email, person.locale, person.id)
        enqueue(session, to=to, kind=kind, params=own | said, now=now, call_id=call.id)
