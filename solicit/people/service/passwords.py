"""New passwords: every one ends all sign-ins and all links, and is told to its owner by mail.

Tokens end, too: whoever had the password may have made some. Only the owner of the present one may keep them.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.service import revoke_all_sign_ins, revoke_all_tokens
from solicit.audit.service import record
from solicit.errors import Refused
from solicit.mail.service import enqueue
from solicit.people.models import Person
from solicit.people.service.address import drop_address_change
from solicit.people.service.attempts import forgive_attempts
from solicit.people.service.credentials import Credentials, check_password_rules
from solicit.people.service.links import new_uniquifier, recipient, use_link
from solicit.people.states import LinkPurpose
from solicit.words import N_


class WrongPassword(Refused):
    """The present password was not right."""

    message = N_("Enter your present password as it is")


def reset_password(
    session: Session, *, credentials: Credentials, token: str, password: str, locale: str, now: datetime
) -> int:
    """Use a link that sets a new password; returns how many tokens it ended. Raises LinkUsedUp or WeakPassword."""
    person = use_link(session, credentials=credentials, purpose=LinkPurpose.RESET, token=token, now=now)
    return _set_password(session, credentials, person, password, locale, now)


def change_password(
    session: Session,
    *,
    credentials: Credentials,
    person_id: int,
    present: str,
    password: str,
    keeps_tokens: bool,
    locale: str,
    now: datetime,
) -> int:
    """Replace a password by its owner; returns how many tokens that ended. Raises WrongPassword or WeakPassword.

    Commit ``begin_attempt`` before it: a stolen sign-in must not be a place to guess the password.
    """
    person = session.scalars(sa.select(Person).where(Person.id == person_id).with_for_update()).one()
    if not credentials.fits(present, person.password):
        raise WrongPassword
    forgive_attempts(session, credentials=credentials, email=person.email)
    person.fs_uniquifier = new_uniquifier()
    return _set_password(session, credentials, person, password, locale, now, keeps_tokens=keeps_tokens)


def _set_password(
    session: Session,
    credentials: Credentials,
    person: Person,
    password: str,
    locale: str,
    now: datetime,
    *,
    keeps_tokens: bool = False,
) -> int:
    check_password_rules(password, email=person.email, full_name=person.full_name)
    person.password = credentials.hashed(password)
    session.flush()
    revoke_all_sign_ins(session, person_id=person.id)
    drop_address_change(session, person_id=person.id)
    n_tokens = 0 if keeps_tokens else revoke_all_tokens(session, person_id=person.id, now=now)
    about = dict(subject="person", subject_id=person.id, n_tokens=n_tokens)
    record(session, act="set password", **about, actor_id=person.id, now=now)
    params = {"path": f"/{locale}/account/reset", "n_tokens": n_tokens}
    enqueue(session, to=recipient(person), kind="password_changed", params=params, now=now)
    return n_tokens
