"""What the worker does for people: letters that were asked for, and forgetting."""

from datetime import timedelta

from flask import current_app

from solicit.access.queries import IDLE_LIMIT
from solicit.access.service import forget_sign_ins, forget_tokens
from solicit.clock import utcnow
from solicit.db import transaction
from solicit.jobs.tasks import queue, task
from solicit.people import service
from solicit.people.states import Letter

# So long somebody can look up why a key no longer works.
OVER_LIMIT = timedelta(days=30)


@task("people.write_letter")
def write_letter(letter: str, email: str, locale: str) -> None:
    credentials = current_app.extensions["credentials"]
    with transaction() as session:
        service.write_letter(
            session, credentials=credentials, letter=Letter(letter), email=email, locale=locale, now=utcnow()
        )


@task("people.write_address_letters")
def write_address_letters(person_id: int, locale: str) -> None:
    credentials = current_app.extensions["credentials"]
    with transaction() as session:
        service.write_address_letters(
            session, credentials=credentials, person_id=person_id, locale=locale, now=utcnow()
        )


@task("people.forget")
def forget(timestamp: int) -> None:
    """Delete failed tries, sign-ins and keys that are over, and links to new addresses that nobody used."""
    with transaction() as session:
        service.forget_attempts(session, now=utcnow())
        service.forget_address_changes(session, now=utcnow())
        forget_sign_ins(session, idle_before=utcnow() - IDLE_LIMIT)
        forget_tokens(session, over_before=utcnow() - OVER_LIMIT)


queue.periodic(cron="17 * * * *")(queue.tasks["people.forget"])
