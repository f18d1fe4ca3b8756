"""Checking a selection on the command line."""

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import NoResultFound

from ml.decision.selection_model import SolverStopped
from solicit.db import transaction
from solicit.invitations.service.selecting.verify import verify_selection
from solicit.web.output import say


@click.command("select")
@click.option("--verify", "selection_id", type=int, required=True, metavar="SELECTION", help="Solve a selection again.")
@with_appcontext
def select(selection_id: int) -> None:
    """Solve a stored selection again from what it saw, and compare the digests of input and result.

    Nothing is changed. Exits with 1 if a digest differs.

    \b
    Example:
      solicit select --verify 1
    """
    try:
        with transaction(is_long=True) as session:
            holds = verify_selection(session, selection_id)
    except NoResultFound:
        raise click.ClickException("There is no selection of this number.") from None
    except SolverStopped:
        raise click.ClickException("The search ended without an answer on this machine.") from None
    say(f"input and result: {'same digests' if holds else 'DIFFERENT'}", holds=holds)
    if not holds:
        raise SystemExit(1)
