"""Letters with links: asked for by address, written by the worker, used once."""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.errors import DomainError
from solicit.jobs.service import defer
from solicit.mail.models import OutboxMail
from solicit.mail.service import Recipient, enqueue
from solicit.people.models import Person
from solicit.people.service.credentials import Credentials
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
    """Leave it to the worker to find out who has this address: a known one must not take longer to answer."""
    defer(session, "people.write_letter", letter=letter.value, email=email, locale=locale)


def write_letter(
    session: Session, *, credentials: Credentials, letter: Letter, email: str, locale: str, now: datetime
) -> None:
    """Put a letter into the outbox if somebody has the address and it is the right one for them.

    A sign-in link for an unconfirmed address would open an account whose password somebody else may
    have chosen; the owner of the address gets the letter that confirms it and replaces that password.
    """
    person = session.scalar(sa.select(Person).where(Person.email == email, Person.active))
    if person is None or _n_letters_since(session, person.id, now - LETTERS_WINDOW) >= MOST_LETTERS:
        return
    if letter is Letter.MAGIC_LINK and person.confirmed_at is None:
        letter = Letter.RESET_PASSWORD
    elif letter is Letter.CONFIRM_EMAIL and person.confirmed_at is not None:
        return
    params = _paths(credentials, letter, person.fs_uniquifier, locale)
    enqueue(session, to=recipient(person), kind=letter.value, params=params, now=now)


def recipient(person: Person) -> Recipient:
    return Recipient(person.email, person.locale, person.id)


def new_uniquifier() -> str:
    """What a person's links are bound to: a new one ends every link that was sent before."""
    return secrets.token_hex(16)


def sign_in_path(credentials: Credentials, uniquifier: str, locale: str) -> str:
    """The path of a link that signs in once."""
    return f"/{locale}/sign-in/link/{credentials.link_token(LinkPurpose.SIGN_IN, uniquifier)}"


def owner_of_link(
    session: Session, *, credentials: Credentials, purpose: LinkPurpose, token: str, now: datetime
) -> str:
    """The name on the account that a link is for, without using the link; raises LinkUsedUp."""
    uniquifier = credentials.uniquifier_of(purpose, token, now)
    name = session.scalar(sa.select(Person.full_name).where(Person.fs_uniquifier == uniquifier, Person.active))
    if name is None:
        raise LinkUsedUp(purpose)
    return name


def confirm_email(session: Session, *, credentials: Credentials, token: str, now: datetime) -> None:
    """Use a link that proves an address."""
    use_link(session, credentials=credentials, purpose=LinkPurpose.CONFIRM, token=token, now=now)


def use_magic_link(session: Session, *, credentials: Credentials, token: str, now: datetime) -> int:
    """Use a link that signs in, and return the person's id."""
    return use_link(session, credentials=credentials, purpose=LinkPurpose.SIGN_IN, token=token, now=now).id


def use_link(session: Session, *, credentials: Credentials, purpose: LinkPurpose, token: str, now: datetime) -> Person:
    """Use a link up, and every other link of the person with it; any of them proves the address.

    Of two requests with one link the second waits for the lock and then finds nobody.
    """
    uniquifier = credentials.uniquifier_of(purpose, token, now)
    owner = sa.select(Person).where(Person.fs_uniquifier == uniquifier, Person.active).with_for_update()
    person = session.scalar(owner)
    if person is None:
        raise LinkUsedUp(purpose)
    person.fs_uniquifier = new_uniquifier()
    if person.confirmed_at is None:
        person.confirmed_at = now
        record(session, act="confirm", subject="person", subject_id=person.id, actor_id=person.id, now=now)
    session.flush()
    return person


def _n_letters_since(session: Session, person_id: int, since: datetime) -> int:
    kinds = [letter.value for letter in Letter]
    recent = sa.select(sa.func.count()).where(
        OutboxMail.person_id == person_id, OutboxMail.kind.in_(kinds), OutboxMail.created_at > since
    )
    return session.scalar(recent) or 0


def _paths(credentials: Credentials, letter: Letter, uniquifier: str, locale: str) -> dict[str, str]:
    """The addresses in a letter, below the public address of the site."""
    reset = f"/{locale}/account/reset/{credentials.link_token(LinkPurpose.RESET, uniquifier)}"
    confirm = f"/{locale}/account/confirm/{credentials.link_token(LinkPurpose.CONFIRM, uniquifier)}"
    return {
        Letter.CONFIRM_EMAIL: {"path": confirm},
        Letter.ALREADY_REGISTERED: {"path": reset, "sign_in_path": f"/{locale}/sign-in"},
        Letter.RESET_PASSWORD: {"path": reset},
        Letter.MAGIC_LINK: {"path": sign_in_path(credentials, uniquifier, locale)},
    }[letter]
