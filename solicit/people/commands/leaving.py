"""People who leave, on the command line."""

from contextlib import suppress
from typing import TextIO

import click
from flask.cli import with_appcontext

from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import NotFound
from solicit.people import queries
from solicit.people.commands.parts import Address, person_id_at, refusals
from solicit.reports.service.erase import erase_person, leave
from solicit.web.output import say, say_rows


@click.command("erase")
@click.argument("email", type=Address(), required=False)
@click.option("--empty-texts", is_flag=True, help="Empty texts that stay because others judged or joined them.")
@click.option("--replay", type=click.File("r"), help="Erase everybody on a list printed by “solicit user erasures”.")
@with_appcontext
def erase(email: str | None, empty_texts: bool, replay: TextIO | None) -> None:
    """Erase a person for good; or, after restoring a backup, everybody who was erased since.

    \b
    Example:
      solicit user erase wanjiru@example.org
      solicit user erase --replay erasures.txt
    """
    if (email is None) == (replay is None):
        raise click.UsageError("Give an address or a list to --replay.")
    if replay is not None:
        n = _replay(replay)
        say(f"Looked at {n} erasures; nobody of them is here any more.", n=n)
        return
    with refusals(), transaction() as session:
        person_id = person_id_at(session, email)
        leave(session, person_id=person_id, blanks_texts=empty_texts, now=utcnow())
    say("The person is erased. Keep a new list of erasures beside your backups: solicit user erasures")


@click.command("erasures")
@with_appcontext
def erasures() -> None:
    """Print who was erased, by number only: keep this list beside the backups, not in them.

    \b
    Example:
      solicit user erasures > erasures.txt
    """
    rows = ({"person_id": each.person_id, "blanks_texts": each.blanks_texts} for each in queries.erasures(db.session()))
    say_rows(rows, lines=lambda row: f"{row['person_id']} {'empty' if row['blanks_texts'] else 'keep'}")


def _replay(lines: TextIO) -> int:
    """Erase again whoever is on a list and came back with a backup; returns how many were looked at."""
    listed = [line.split() for line in lines if line.strip()]
    if not all(len(words) == 2 and words[0].isdecimal() and words[1] in ("empty", "keep") for words in listed):
        raise click.ClickException("This is not a list that “solicit user erasures” printed.")
    with transaction() as session:
        for number, word in listed:
            with suppress(NotFound):
                erase_person(session, person_id=int(number), blanks_texts=word == "empty", now=utcnow())
    return len(listed)
