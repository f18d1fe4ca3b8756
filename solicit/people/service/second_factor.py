"""The second factor: a code of an authenticator application that changes every 30 seconds, or a recovery code."""

import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from passlib.exc import TokenError
from sqlalchemy.orm import Session

from solicit.access.service import revoke_other_sign_ins
from solicit.audit.service import record
from solicit.errors import Conflict, Refused
from solicit.mail.service import enqueue
from solicit.people.models import Person, RecoveryCode
from solicit.people.service.attempts import forgive_attempts
from solicit.people.service.credentials import Credentials
from solicit.people.service.links import recipient
from solicit.words import N_

# Clocks of telephones go wrong: the code before and the code after are right, too.
LENIENCE_SECONDS = 30
N_RECOVERY_CODES = 10
RECOVERY_SIGNS = "23456789abcdefghjkmnpqrstvwxyz"
LENGTH_OF_RECOVERY_CODE = 12


class WrongCode(Refused):
    """A code was not right, or was used before."""

    message = N_("This code is not right. Wait for the next one and enter it as it is")


@dataclass(frozen=True)
class Setup:
    """What an authenticator application has to know, for a picture and for typing."""

    address: str
    secret: str


def attempts_name(person_id: int) -> str:
    """The name under which wrong codes are counted, where wrong passwords are counted by address."""
    return f"second factor of {person_id}"


def begin_setup(session: Session, *, credentials: Credentials, person_id: int) -> None:
    """Make a new secret; it counts for nothing until a code made with it comes back."""
    person = _locked(session, person_id)
    if person.totp_confirmed_at is not None:
        raise Conflict(N_("You have a second factor already. Remove it before you set up another one."))
    person.totp_secret, person.totp_last_step = credentials.totp.new().to_json(encrypt=True), 0
    session.flush()


def setup_of(session: Session, *, credentials: Credentials, person_id: int) -> Setup | None:
    """The secret that waits for its confirmation; once confirmed it is never shown again."""
    waiting = sa.select(Person.email, Person.totp_secret).where(
        Person.id == person_id, Person.totp_secret.is_not(None), Person.totp_confirmed_at.is_(None)
    )
    row = session.execute(waiting).one_or_none()
    if row is None:
        return None
    totp = credentials.totp.from_source(row.totp_secret)
    return Setup(totp.to_uri(label=row.email), totp.pretty_key(sep=" "))


def confirm_setup(
    session: Session, *, credentials: Credentials, person_id: int, code: str, token: str, now: datetime
) -> tuple[str, ...]:
    """Let the second factor count from now on; returns the recovery codes. Raises WrongCode.

    Other sign-ins were opened without it and end; ``token`` is of the one that stays.
    """
    person = _locked(session, person_id)
    if person.totp_secret is None or person.totp_confirmed_at is not None:
        raise Conflict(N_("There is nothing to confirm. Open the page of your second factor again."))
    if not _is_right_now(credentials, person, code, now):
        raise WrongCode
    person.totp_confirmed_at = now
    session.flush()
    revoke_other_sign_ins(session, person_id=person_id, token=token)
    _tell(session, "set second factor", person, now)
    return new_recovery_codes(session, credentials=credentials, person_id=person_id)


def new_recovery_codes(session: Session, *, credentials: Credentials, person_id: int) -> tuple[str, ...]:
    """Replace all recovery codes; what is returned is kept nowhere."""
    person = _locked(session, person_id)
    if person.totp_confirmed_at is None:
        raise Conflict(N_("You have no second factor yet."))
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    codes = tuple(_new_code() for _ in range(N_RECOVERY_CODES))
    hashes = (credentials.code_hash(person_id, _plain(code)) for code in codes)
    session.add_all(RecoveryCode(person_id=person_id, code_hash=hashed) for hashed in hashes)
    session.flush()
    return codes


def remove_second_factor(session: Session, *, person_id: int, now: datetime) -> None:
    """Forget the secret and every recovery code."""
    person = _locked(session, person_id)
    if person.totp_confirmed_at is not None:
        _tell(session, "remove second factor", person, now)
    person.totp_secret = person.totp_confirmed_at = None
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    session.flush()


def check_second_factor(
    session: Session, *, credentials: Credentials, person_id: int, code: str, now: datetime
) -> None:
    """Use a code of the application or a recovery code up; raises WrongCode.

    Commit ``begin_attempt`` under ``attempts_name`` before it. Two requests with one code wait for each other here.
    """
    person = _locked(session, person_id)
    if person.totp_confirmed_at is None or not (
        _is_right_now(credentials, person, code, now) or _is_recovery_code(session, credentials, person_id, code, now)
    ):
        raise WrongCode
    forgive_attempts(session, credentials=credentials, email=attempts_name(person_id))


def _is_right_now(credentials: Credentials, person: Person, code: str, now: datetime) -> bool:
    """Whether a code is right for a step after the last one that was used; it is used up by that."""
    totp = credentials.totp.from_source(person.totp_secret)
    try:
        match = totp.match(_plain(code), time=now, window=LENIENCE_SECONDS, last_counter=person.totp_last_step or None)
    except TokenError:
        return False
    person.totp_last_step = match.counter
    return True


def _is_recovery_code(session: Session, credentials: Credentials, person_id: int, code: str, now: datetime) -> bool:
    hashed = credentials.code_hash(person_id, _plain(code))
    unused = sa.update(RecoveryCode).where(
        RecoveryCode.person_id == person_id, RecoveryCode.code_hash == hashed, RecoveryCode.used_at.is_(None)
    )
    if session.scalar(unused.values(used_at=now).returning(RecoveryCode.id)) is None:
        return False
    record(session, act="use recovery code", subject="person", subject_id=person_id, actor_id=person_id, now=now)
    return True


def _locked(session: Session, person_id: int) -> Person:
    wanted = sa.select(Person).where(Person.id == person_id).with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).one()


def _new_code() -> str:
    signs = "".join(secrets.choice(RECOVERY_SIGNS) for _ in range(LENGTH_OF_RECOVERY_CODE))
    return "-".join(signs[start : start + 4] for start in range(0, LENGTH_OF_RECOVERY_CODE, 4))


def _plain(code: str) -> str:
    """A code as people type it, without what they put between its signs."""
    return "".join(sign for sign in code.lower() if sign.isascii() and sign.isalnum())


def _tell(session: Session, act: str, person: Person, now: datetime) -> None:
    """Write to the owner: whoever took over a sign-in would do just this."""
    record(session, act=act, subject="person", subject_id=person.id, actor_id=person.id, now=now)
    params = {"path": f"/{person.locale}/account/reset", "is_removed": act.startswith("remove")}
    enqueue(session, to=recipient(person), kind="second_factor_changed", params=params, now=now)
