"""Accounts with passwords, the letters they get, and a real mail server."""

import re
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa
from builders import make_person
from flask import current_app
from passlib.totp import TOTP

from solicit.clock import utcnow
from solicit.mail.models import OutboxMail
from solicit.people import service, tasks
from solicit.people.models import Person
from solicit.people.service import Credentials

PASSWORD = "a comet with two tails"

_hashes: dict[str, str] = {}


def credentials() -> Credentials:
    return current_app.extensions["credentials"]


def make_account(session, *, password: str | None = PASSWORD, **values) -> Person:
    """A person who can sign in with PASSWORD; committed, so that requests see it."""
    if password is not None and password not in _hashes:
        _hashes[password] = credentials().hashed(password)
    person = make_person(session, password=_hashes.get(password), **values)
    session.commit()
    return person


def sign_in_with(client, email: str, password: str = PASSWORD, **query):
    """Send the sign-in form."""
    return client.post("/en/sign-in", data={"email": email, "password": password}, query_string=query)


def is_signed_in(client) -> bool:
    return client.get("/en/account").status_code == 200


def written_letters(session) -> list[OutboxMail]:
    """Do what the worker does with the letters that were asked for, and return what is in the outbox."""
    waiting = "DELETE FROM procrastinate_jobs WHERE task_name = 'people.write_letter' RETURNING id, args"
    jobs = session.execute(sa.text(waiting)).all()
    session.commit()
    for _, arguments in sorted(jobs):
        tasks.write_letter(**arguments)
    return list(session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)))


def without_token(text: str) -> str:
    """A page without the one thing in it that is new each time."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", text)


@dataclass
class Mailbox:
    """An aiosmtpd handler that keeps what arrives."""

    envelopes: list = field(default_factory=list)

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 - the name aiosmtpd looks for
        self.envelopes.append(envelope)
        return "250 OK"

    def headers(self, number: int) -> list[str]:
        """The header names of a mail; only CRLF ends a line on the wire."""
        head = self.envelopes[number].content.split(b"\r\n\r\n")[0].split(b"\r\n")
        return [line.split(b":")[0].decode() for line in head if not line.startswith((b" ", b"\t"))]

    def body(self, number: int) -> str:
        return self.envelopes[number].content.split(b"\r\n\r\n", 1)[1].decode()


@dataclass(frozen=True)
class Authenticator:
    """The application on somebody's telephone, and the codes they wrote down."""

    totp: TOTP
    recovery_codes: tuple[str, ...]

    def code(self, *, steps: int = 0) -> str:
        """The code of the present step, or of one before or after it."""
        return self.totp.generate(time=utcnow() + timedelta(seconds=30 * steps)).token


def make_second_factor(session, person: Person) -> Authenticator:
    """Give a person a confirmed second factor, as if they had set it up a while ago."""
    service.begin_setup(session, credentials=credentials(), person_id=person.id)
    totp = credentials().totp.from_source(person.totp_secret)
    earlier = utcnow() - timedelta(minutes=10)
    codes = service.confirm_setup(
        session,
        credentials=credentials(),
        person_id=person.id,
        code=totp.generate(time=earlier).token,
        token="",
        now=earlier,
    )
    session.execute(sa.delete(OutboxMail).where(OutboxMail.kind == "second_factor_changed"))
    session.commit()
    return Authenticator(totp, codes)
