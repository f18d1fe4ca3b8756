"""Accounts with passwords, the letters they get, and a real mail server."""

import re
from dataclasses import dataclass, field

import sqlalchemy as sa
from builders import make_person
from flask import current_app

from solicit.mail.models import OutboxMail
from solicit.people import tasks
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
