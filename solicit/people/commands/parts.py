"""What the commands on accounts share."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from email_validator import EmailNotValidError
from sqlalchemy.orm import Session

from solicit.errors import DomainError
from solicit.people import queries
from solicit.people.forms import email_address


class Address(click.ParamType):
    """An e-mail address as the database keeps it."""

    name = "email"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return email_address(value)
        except EmailNotValidError as error:
            self.fail(f"{value!r} is not an e-mail address: {error}", param, ctx)


@contextmanager
def refusals() -> Iterator[None]:
    """What the domain refuses ends the command with its sentence."""
    try:
        yield
    except DomainError as error:
        raise click.ClickException(str(error)) from None


def person_id_at(session: Session, email: str) -> int:
    person_id = queries.person_id_of(session, email=email)
    if person_id is None:
        raise click.ClickException(f"Nobody has an account with {email}.")
    return person_id
