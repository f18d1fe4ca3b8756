"""Keys to the API on the command line."""

import json

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

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


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
@json_option
@with_appcontext
def create(email: str, name: str, scopes: tuple[str, ...], days: str, slug: str | None, as_json: bool) -> None:
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
    click.echo(json.dumps({"token": made}) if as_json else made)


@token.command("list")
@click.argument("email", type=Address())
@json_option
@with_appcontext
def list_(email: str, as_json: bool) -> None:
    """Print a person's tokens that were not revoked, by number.

    \b
    Example:
      solicit token list wanjiru@example.org
    """
    person_id = person_id_at(db.session(), email)
    lines = [_line(view) for view in token_views(db.session(), person_id=person_id, now=utcnow())]
    if as_json:
        click.echo(json.dumps(lines, ensure_ascii=False))
        return
    for line in lines:
        words = (line["id"], line["name"], ",".join(line["scopes"]), line["call"] or "all calls", line["expires_at"])
        click.echo("\t".join(map(str, words)))


@token.command("revoke")
@click.argument("email", type=Address())
@click.argument("number", type=click.IntRange(min=1))
@json_option
@with_appcontext
def revoke(email: str, number: int, as_json: bool) -> None:
    """Revoke a person's token by its number.

    \b
    Example:
      solicit token revoke wanjiru@example.org 7
    """
    with refusals(), transaction() as session:
        person_id = person_id_at(session, email)
        service.end_token(session, person_id=person_id, token_id=number, actor_id=None, now=utcnow())
    click.echo(json.dumps({"revoked": number}) if as_json else "The token is revoked.")


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
