"""The digest of everything on the command line."""

from dataclasses import asdict

import click
from flask.cli import with_appcontext

from solicit.db import db
from solicit.operating.queries.digest import state_digest
from solicit.web.commands import db_commands
from solicit.web.output import say


@db_commands.command("digest")
@click.option("--tables", "each", is_flag=True, help="Say the digest of each table, too.")
@with_appcontext
def digest(each: bool) -> None:
    """Say one digest of everything that is kept; equal rows give the same, wherever they are stored.

    The queue of background work is not in it: it changes every few seconds.

    \b
    Example:
      solicit db digest
      solicit db digest --tables --json
    """
    state = state_digest(db.session.connection())
    tables = {name: asdict(table) for name, table in state.tables.items()} if each else {}
    lines = [f"{table['sha256']}  {name} ({table['n_rows']} rows)" for name, table in tables.items()]
    say("\n".join([*lines, state.sha256]), digest=state.sha256, **({"tables": tables} if each else {}))
