"""Changing the address: asked for with the password, confirmed from the new address, told to the old one."""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from solicit.access.service import revoke_all_sign_ins
from solicit.audit.service import record
from solicit.errors import Refused
from solicit.jobs.service import defer
from solicit.mail.models import OutboxMail
from solicit.mail.service import Recipient, enqueue
from solicit.people.models import AddressChange, Person
from solicit.people.service.credentials import Credentials
from solicit.people.service.links import LinkUsedUp, new_uniquifier, recipient
from solicit.people.states import LINK_LIFE, LinkPurpose
from solicit.words import N_

MOST_CHANGES = 5
CHANGES_WINDOW = timedelta(hours=1)


class SameAddress(Refused):
    """The new address is the present one."""

    message = N_("This is your address already")


def ask_for_address(session: Session, *, person_id: int, email: str, locale: str, now: datetime) -> None:
    """Note a new address, and leave it to the worker to find out whether somebody has it.

    The request does the same for a free address and for a taken one. An earlier wish is replaced: its link dies.
    """
    if session.scalar(sa.select(Person.email).where(Person.id == person_id)) == email:
        raise SameAddress
    values = dict(email=email, nonce=secrets.token_hex(16), asked_at=now)
    wish = insert(AddressChange).values(person_id=person_id, **values)
    session.execute(wish.on_conflict_do_update(index_elements=["person_id"], set_=values))
    defer(session, "people.write_address_letters", person_id=person_id, locale=locale)


def write_address_letters(
    session: Session, *, credentials: Credentials, person_id: int, locale: str, now: datetime
) -> None:
    """Write to the new address, or to whoever has it already, and to the old one."""
    wish = session.execute(
        sa.select(AddressChange.email, AddressChange.nonce, Person)
        .join(Person, Person.id == AddressChange.person_id)
        .where(AddressChange.person_id == person_id, Person.active)
    ).one_or_none()
    if wish is None or _n_changes_since(session, person_id, now - CHANGES_WINDOW) >= MOST_CHANGES:
        return
    reset = {"path": f"/{locale}/account/reset"}
    enqueue(session, to=recipient(wish.Person), kind="address_change_asked", params=reset, now=now)
    owner = session.scalar(sa.select(Person).where(Person.email == wish.email))
    if owner is not None:
        enqueue(session, to=recipient(owner), kind="address_taken", params=reset, now=now)
        return
    link = credentials.link_token(LinkPurpose.NEW_ADDRESS, wish.nonce)
    to = Recipient(wish.email, wish.Person.locale, person_id)
    params = {"path": f"/{locale}/account/address/{link}"}
    enqueue(session, to=to, kind="confirm_new_address", params=params, now=now)


def new_address_of_link(session: Session, *, credentials: Credentials, token: str, now: datetime) -> str:
    """The address that a link confirms, without using the link; raises LinkUsedUp."""
    nonce = credentials.uniquifier_of(LinkPurpose.NEW_ADDRESS, token, now)
    email = session.scalar(sa.select(AddressChange.email).where(AddressChange.nonce == nonce))
    if email is None:
        raise LinkUsedUp(LinkPurpose.NEW_ADDRESS)
    return email


def confirm_new_address(session: Session, *, credentials: Credentials, token: str, contact: str, now: datetime) -> int:
    """Use a link up: the address changes, and every sign-in and every other link ends; returns the person's id.

    Raises LinkUsedUp, also when somebody took the address in the meantime.
    """
    nonce = credentials.uniquifier_of(LinkPurpose.NEW_ADDRESS, token, now)
    used = sa.delete(AddressChange).where(AddressChange.nonce == nonce)
    wish = session.execute(used.returning(AddressChange.person_id, AddressChange.email)).one_or_none()
    person = session.get(Person, wish.person_id, with_for_update=True, populate_existing=True) if wish else None
    if person is None or not person.active:
        raise LinkUsedUp(LinkPurpose.NEW_ADDRESS)
    old = recipient(person)
    _move(session, person, wish.email)
    revoke_all_sign_ins(session, person_id=person.id)
    record(session, act="change address", subject="person", subject_id=person.id, actor_id=person.id, now=now)
    enqueue(session, to=old, kind="address_changed", params={"contact": contact}, now=now)
    return person.id


def drop_address_change(session: Session, *, person_id: int) -> None:
    """Forget the wish for a new address: a new password ends it, as it ends every link."""
    session.execute(sa.delete(AddressChange).where(AddressChange.person_id == person_id))


def forget_address_changes(session: Session, *, now: datetime) -> None:
    """Delete wishes whose links have expired."""
    life = LINK_LIFE[LinkPurpose.NEW_ADDRESS]
    session.execute(sa.delete(AddressChange).where(AddressChange.asked_at <= now - life))


def _move(session: Session, person: Person, email: str) -> None:
    try:
        with session.begin_nested():
            person.email, person.fs_uniquifier = email, new_uniquifier()
            session.flush()
    except IntegrityError:
        raise LinkUsedUp(LinkPurpose.NEW_ADDRESS) from None


def _n_changes_since(session: Session, person_id: int, since: datetime) -> int:
    asked = sa.select(sa.func.count()).where(
        OutboxMail.person_id == person_id,
        OutboxMail.kind == "address_change_asked",
        OutboxMail.created_at > since,
    )
    return session.scalar(asked) or 0
