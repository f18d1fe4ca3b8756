"""Signing in with a password, at most five wrong tries a minute."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.errors import DomainError
from solicit.people.models import FailedSignIn, Person
from solicit.people.service.credentials import Credentials
from solicit.words import N_

MOST_FAILURES = 5
WINDOW = timedelta(minutes=1)


class TooManyTries(DomainError):
    """An address had its wrong passwords, or a person their wrong codes, for this minute; ``wait`` is in seconds."""

    message = N_("There were too many wrong tries.")

    def __init__(self, wait: int) -> None:
        self.wait = wait
        super().__init__()


@dataclass(frozen=True)
class Checked:
    """Somebody who gave the right password."""

    person_id: int
    is_confirmed: bool


def begin_attempt(session: Session, *, credentials: Credentials, email: str, now: datetime) -> None:
    """Count a try as failed before the password is looked at; commit this before ``check_password``.

    Tries for one address wait for each other here, so that many at once cannot slip under the limit.
    """
    address = credentials.address_hash(email)
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(int.from_bytes(address[:8], signed=True))))
    session.execute(sa.delete(FailedSignIn).where(FailedSignIn.email_hash == address, FailedSignIn.at <= now - WINDOW))
    earlier = sa.select(FailedSignIn.at).where(FailedSignIn.email_hash == address).order_by(FailedSignIn.at)
    times = session.scalars(earlier).all()
    if len(times) >= MOST_FAILURES:
        raise TooManyTries(wait=int((times[0] + WINDOW - now).total_seconds()) + 1)
    session.add(FailedSignIn(email_hash=address, at=now))
    session.flush()


def check_password(session: Session, *, credentials: Credentials, email: str, password: str) -> Checked | None:
    """Who signs in with this address and password; None for a wrong one, after the same time."""
    person = session.scalar(sa.select(Person).where(Person.email == email))
    right = credentials.fits(password, person.password if person else None)
    if person is None or not right or not person.active:
        return None
    forgive_attempts(session, credentials=credentials, email=email)
    if credentials.passwords.needs_update(person.password):
        # Only in the place of what was checked: the password may have been changed since.
        checked = sa.update(Person).where(Person.id == person.id, Person.password == person.password)
        session.execute(checked.values(password=credentials.hashed(password)))
    return Checked(person.id, is_confirmed=person.confirmed_at is not None)


def forgive_attempts(session: Session, *, credentials: Credentials, email: str) -> None:
    """The right password was given: the failures before it no longer count."""
    address = credentials.address_hash(email)
    session.execute(sa.delete(FailedSignIn).where(FailedSignIn.email_hash == address))


def forget_attempts(session: Session, *, now: datetime) -> None:
    """Delete failures that no longer count."""
    session.execute(sa.delete(FailedSignIn).where(FailedSignIn.at <= now - WINDOW))
