"""Making accounts, changing profiles, giving and taking roles."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from solicit.access import service as access
from solicit.access.policy import Grant
from solicit.audit.service import record
from solicit.errors import Conflict, NotFound, Refused
from solicit.people.models import Person
from solicit.people.service.credentials import Credentials, check_password_rules
from solicit.people.service.links import ask_for_letter, new_uniquifier
from solicit.people.states import Career, Letter
from solicit.words import N_


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What people say of themselves."""

    full_name: str
    family_name: str
    affiliation: str
    country: str | None
    career: Career | None
    orcid: str | None = None
    ror: str | None = None
    locale: str
    scheme: str | None
    uses_keys: bool = True


def register(
    session: Session,
    *,
    credentials: Credentials,
    email: str,
    full_name: str,
    password: str,
    locale: str,
    now: datetime,
) -> None:
    """Open an account that waits for its confirmation; a known address only gets a letter that says so.

    Both do the same work, so that neither the answer nor its time tells them apart. Raises WeakPassword.
    """
    check_password_rules(password, email=email, full_name=full_name)
    values = dict(email=email, full_name=full_name, password=credentials.hashed(password), locale=locale)
    is_new = _insert_person(session, values, now) is not None
    letter = Letter.CONFIRM_EMAIL if is_new else Letter.ALREADY_REGISTERED
    ask_for_letter(session, letter=letter, email=email, locale=locale)


def create_person(
    session: Session,
    *,
    credentials: Credentials,
    email: str,
    full_name: str,
    password: str | None,
    locale: str,
    now: datetime,
) -> int:
    """Open a confirmed account by hand; raises Conflict for a known address."""
    if password is not None:
        check_password_rules(password, email=email, full_name=full_name)
    hashed = None if password is None else credentials.hashed(password)
    values = dict(email=email, full_name=full_name, password=hashed, locale=locale, confirmed_at=now)
    person_id = _insert_person(session, values, now)
    if person_id is None:
        raise Conflict(N_("There is an account with this address already."))
    record(session, act="create", subject="person", subject_id=person_id, actor_id=None, now=now)
    return person_id


def person_at(session: Session, *, email: str, full_name: str, now: datetime) -> Person:
    """The account with this address, or a new one without a password, which its owner may claim by mail."""
    _insert_person(session, dict(email=email, full_name=full_name), now)
    return session.scalars(sa.select(Person).where(Person.email == email)).one()


def confirmed_person_at(session: Session, *, email: str, full_name: str, locale: str, now: datetime) -> Person:
    """The account with this address, or a new one, for somebody who just proved that the address is theirs.

    An account that was never confirmed may have been opened by somebody else, who knows its password: it loses
    the password and every link. Raises Refused for an account that was shut.
    """
    _insert_person(session, dict(email=email, full_name=full_name, locale=locale), now)
    person = session.scalars(sa.select(Person).where(Person.email == email).with_for_update()).one()
    if not person.active:
        raise Refused(N_("The account with this address is shut. Write to the organizers."))
    prove_address(session, person, now=now)
    return person


def prove_address(session: Session, person: Person, *, now: datetime) -> None:
    """Confirm an account to whoever proved its address. A password from before may be somebody else's: it goes."""
    if person.confirmed_at is None:
        person.confirmed_at, person.password, person.fs_uniquifier = now, None, new_uniquifier()
        record(session, act="confirm", subject="person", subject_id=person.id, actor_id=person.id, now=now)


def change_profile(session: Session, *, person_id: int, profile: Profile) -> None:
    """Store what a person says of themselves."""
    person = session.scalar(sa.select(Person).where(Person.id == person_id).with_for_update())
    if person is None:
        raise NotFound
    for name, value in vars(profile).items():
        setattr(person, name, value)
    session.flush()


def give_role(session: Session, *, person_id: int, grant: Grant, giver_id: int | None, now: datetime) -> None:
    """Give a person a role and end their sign-ins: they return with the limits of the role."""
    access.grant_role(session, person_id=person_id, granted_by_id=giver_id, now=now, **vars(grant))
    access.revoke_all_sign_ins(session, person_id=person_id)
    _record_role(session, "give role", person_id, grant, giver_id, now)


def take_role(session: Session, *, person_id: int, grant: Grant, taker_id: int | None, now: datetime) -> None:
    """Take a role from a person, which ends their sign-ins."""
    access.take_role_back(session, person_id=person_id, **vars(grant))
    _record_role(session, "take role", person_id, grant, taker_id, now)


def end_sign_ins(session: Session, *, person_id: int, actor_id: int | None, now: datetime) -> None:
    """Sign a person out everywhere, programs with their keys among them."""
    access.revoke_all_sign_ins(session, person_id=person_id)
    access.revoke_all_tokens(session, person_id=person_id, now=now)
    record(session, act="end sign-ins", subject="person", subject_id=person_id, actor_id=actor_id, now=now)


def _insert_person(session: Session, values: dict, now: datetime) -> int | None:
    """The id of a new person, or None if somebody has the address."""
    statement = insert(Person).values(fs_uniquifier=new_uniquifier(), created_at=now, **values)
    return session.scalar(statement.on_conflict_do_nothing(index_elements=["email"]).returning(Person.id))


def _record_role(session: Session, act: str, person_id: int, grant: Grant, actor_id: int | None, now: datetime) -> None:
    record(
        session,
        act=act,
        subject="person",
        subject_id=person_id,
        actor_id=actor_id,
        now=now,
        call_id=grant.call_id,
        role=grant.role.value,
        panel_id=grant.panel_id,
    )
