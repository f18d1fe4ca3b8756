"""Keys to the API on the command line."""

import click
from flask.cli import with_appcontext

from solicit.access.scopes import SCOPES
from solicit.calls.queries import call_facts
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.people import service
from solicit.people.commands.parts import Address, person_id_at, refusals
from solicit.people.queries.tokens import TokenView, token_views
from solicit.people.service.tokens import LIVES_IN_DAYS
from solicit.web.output import say, say_rows


@click.group("token")
def token() -> None:
    """Look after people's keys to the API."""


@token.command("create")
@click.argument("email", type=Address())
@click.option("--name", required=True, help="By which the person knows the token again.")
@click.option(
    "--scope", "scopes", type=click.Choice(list(SCOPES)), multiple=True, required=True, help="What it may do."
)
@click.option("--days", type=click.Choice([str(days) for days in LIVES_IN_DAYS]), default="30", show_default=True)
@click.option("--call", "slug", help="Only for this call, by the word in its address.")
@with_appcontext
def create(email: str, name: str, scopes: tuple[str, ...], days: str, slug: str | None) -> None:
    """Make a token for a person and print it, once; they get a letter.

    \b
    Example:
      solicit token create wanjiru@example.org --name statistics --scope read:exports --days 90
    """
    call = call_facts(db.session(), slug=slug) if slug else None
    if slug and call is None:
        raise click.ClickException(f"There is no call {slug!r}.")
    values = dict(name=name, scopes=list(dict.fromkeys(scopes)), days=int(days), call_id=call.id if call else None)
    with refusals(), transaction() as session:
        person_id = person_id_at(session, email)
        made = service.create_token(session, person_id=person_id, **values, actor_id=None, now=utcnow())
    say(made, token=made)


@token.command("list")
@click.argument("email", type=Address())
@with_appcontext
def list_(email: str) -> None:
    """Print a person's tokens that were not revoked, by number.

    \b
    Example:
      solicit token list wanjiru@example.org
    """
    person_id = person_id_at(db.session(), email)
    lines = [_line(view) for view in token_views(db.session(), person_id=person_id, now=utcnow())]
    say_rows(lines, lines=_in_words)


@token.command("revoke")
@click.argument("email", type=Address())
@click.argument("number", type=click.IntRange(min=1))
@with_appcontext
def revoke(email: str, number: int) -> None:
    """Revoke a person's token by its number.

    \b
    Example:
      solicit token revoke wanjiru@example.org 7
    """
    with refusals(), transaction() as session:
        person_id = person_id_at(session, email)
        service.end_token(session, person_id=person_id, token_id=number, actor_id=None, now=utcnow())
    say("The token is revoked.", revoked=number)


def _line(view: TokenView) -> dict:
    return {
        "id": view.id,
        "name": view.name,
        "scopes": view.scopes,
        "call": view.call_slug,
        "created_at": view.created_at.isoformat(),
        "expires_at": view.expires_at.isoformat(),
        "used_on": view.used_on.isoformat() if view.used_on else None,
    }


def _in_words(line: dict) -> str:
    words = (line["id"], line["name"], ",".join(line["scopes"]), line["call"] or "all calls", line["expires_at"])
    return "\t".join(map(str, words))
