"""Letters with links: asked for by address, written by the worker, used once."""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.service import revoke_all_sign_ins
from solicit.audit.service import record
from solicit.errors import DomainError
from solicit.jobs.service import defer
from solicit.mail.models import OutboxMail
from solicit.mail.service import Recipient, enqueue
from solicit.people.models import Person
from solicit.people.service.credentials import Credentials, check_password_rules
from solicit.people.states import Letter, LinkPurpose
from solicit.words import N_

MOST_LETTERS = 5
LETTERS_WINDOW = timedelta(hours=1)


class LinkUsedUp(DomainError):
    """A link has expired, was used, or was never ours."""

    message = N_("This link has expired or was used before.")

    def __init__(self, purpose: LinkPurpose) -> None:
        self.purpose = purpose
        super().__init__()


def ask_for_letter(session: Session, *, letter: Letter, email: str, locale: str) -> None:
    """Leave it to the worker to find out who has this address: a request must not take longer for a known one."""
    defer(session, "people.write_letter", letter=letter.value, email=email, locale=locale)


def write_letter(
    session: Session, *, credentials: Credentials, letter: Letter, email: str, locale: str, now: datetime
) -> None:
    """Put a letter into the outbox if somebody has the address and it is the right one for them.

    A sign-in link for an unconfirmed address would open an account whose password somebody else may
    have chosen; the owner of the address gets the letter that confirms it instead.
    """
    person = session.scalar(sa.select(Person).where(Person.email == email, Person.active))
    if person is None or _n_letters_since(session, person.id, now - LETTERS_WINDOW) >= MOST_LETTERS:
        return
    if letter is Letter.MAGIC_LINK and person.confirmed_at is None:
        letter = Letter.CONFIRM_EMAIL
    elif letter is Letter.CONFIRM_EMAIL and person.confirmed_at is not None:
        return
    params = _paths(credentials, letter, person.fs_uniquifier, locale)
    enqueue(session, to=recipient(person), kind=letter.value, params=params, now=now)


def recipient(person: Person) -> Recipient:
    return Recipient(person.email, person.locale, person.id)


def owner_of_link(
    session: Session, *, credentials: Credentials, purpose: LinkPurpose, token: str, now: datetime
) -> str:
    """The name on the account that a link is for, without using the link; raises LinkUsedUp."""
    uniquifier = credentials.uniquifier_of(purpose, token, now)
    name = session.scalar(sa.select(Person.full_name).where(Person.fs_uniquifier == uniquifier, Person.active))
    if uniquifier is None or name is None:
        raise LinkUsedUp(purpose)
    return name


def confirm_email(session: Session, *, credentials: Credentials, token: str, now: datetime) -> None:
    """Use a link that proves an address."""
    person = _use_link(session, credentials, LinkPurpose.CONFIRM, token, now)
    _confirm(session, person, now)


def use_magic_link(session: Session, *, credentials: Credentials, token: str, now: datetime) -> int:
    """Use a link that signs in, and return the person's id."""
    person = _use_link(session, credentials, LinkPurpose.SIGN_IN, token, now)
    _confirm(session, person, now)
    return person.id


def reset_password(session: Session, *, credentials: Credentials, token: str, password: str, now: datetime) -> None:
    """Use a link that sets a new password. It proves the address, too, and ends every sign-in."""
    person = _use_link(session, credentials, LinkPurpose.RESET, token, now)
    _confirm(session, person, now)
    set_password(session, credentials=credentials, person=person, password=password, now=now)


def change_password(
    session: Session, *, credentials: Credentials, person_id: int, password: str, locale: str, now: datetime
) -> None:
    """Set a new password for somebody who just gave the present one, and end every sign-in."""
    person = session.get_one(Person, person_id, with_for_update=True)
    person.fs_uniquifier = new_uniquifier()
    set_password(session, credentials=credentials, person=person, password=password, now=now)


def set_password(
    session: Session, *, credentials: Credentials, person: Person, password: str, now: datetime
) -> None:
    """Store a password that keeps the rules, end every sign-in, and tell the person; raises WeakPassword."""
    check_password_rules(password, email=person.email, full_name=person.full_name)
    person.password = credentials.hashed(password)
    session.flush()
    revoke_all_sign_ins(session, person_id=person.id)
    record(session, act="set password", subject="person", subject_id=person.id, actor_id=person.id, now=now)
    enqueue(session, to=recipient(person), kind="password_changed", params=_ask_path(person.locale), now=now)


def new_uniquifier() -> str:
    """What a person's links are bound to: a new one ends all links that were sent before."""
    return secrets.token_hex(16)
