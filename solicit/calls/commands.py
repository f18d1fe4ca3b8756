"""The state of a call on the command line."""

import click
from flask.cli import with_appcontext

from solicit.calls.queries import call_facts
from solicit.calls.service import move_call
from solicit.calls.states import CallState
from solicit.clock import utcnow
from solicit.db import transaction
from solicit.errors import DomainError

STATE = click.Choice([state.value for state in CallState if state is not CallState.DRAFT])


@click.group("call")
def call_commands() -> None:
    """Look after calls."""


@call_commands.command("move")
@click.argument("slug")
@click.option("--to", "state", type=STATE, required=True, help="The state that follows.")
@with_appcontext
def move(slug: str, state: str) -> None:
    """Open, close, publish or archive the call SLUG, the word in its address.

    A call takes submissions while it is open and before its closing time. Close it before you publish a ranking.

    \b
    Example:
      solicit call move deep-space --to closed
    """
    with transaction() as session:
        call = call_facts(session, slug=slug)
        if call is None:
            raise click.ClickException(f"There is no call “{slug}”.")
        try:
            move_call(session, call_id=call.id, to=CallState(state), actor_id=None, now=utcnow())
        except DomainError as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"The call “{slug}” is {state}.")
