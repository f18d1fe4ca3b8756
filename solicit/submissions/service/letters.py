"""Writing to the person who sent a submission."""

from datetime import UTC, datetime

from babel.dates import format_datetime
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.mail.service import Recipient, enqueue
from solicit.people.models import Person
from solicit.submissions.models import Submission


def write_to_submitter(session: Session, kind: str, submission: Submission, call: CallFacts, now: datetime) -> None:
    person = session.get_one(Person, submission.submitter_id)
    params = dict(
        reference=submission.reference,
        title=submission.title,
        call_title=call.title,
        closes_at=time_in_words(call.closes_at, person.locale),
        path=f"/{person.locale}/{call.slug}/my/{submission.reference}",
    )
    to = Recipient(person.email, person.locale, person.id)
    enqueue(session, to=to, kind=kind, params=params, now=now, call_id=call.id)


def time_in_words(moment: datetime, locale: str) -> str:
    """“15 December 2026, 23:59 UTC” in the language of whoever reads the letter."""
    return f"{format_datetime(moment.astimezone(UTC), 'd MMMM y, HH:mm', locale=locale)} UTC"
