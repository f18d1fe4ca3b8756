"""The state of a call on the command line."""

import json
from typing import TextIO

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import DataError, IntegrityError

from solicit.calls.queries import CallLink, call_facts, every_call
from solicit.calls.queries.checklist import checklist
from solicit.calls.service import Edition, NotReady, call_from_json, copy_call, create_call, move_call
from solicit.calls.service.calls import zoned
from solicit.calls.states import CallState
from solicit.clock import utcnow
from solicit.db import db, transaction, violated_constraint
from solicit.errors import DomainError
from solicit.web.output import say, say_rows

MINUTE = "%Y-%m-%d %H:%M UTC"
LISTED = ("slug", "title", "state", "opens_at", "closes_at", "closed_at")
STATE = click.Choice([state.value for state in CallState if state is not CallState.DRAFT])


@click.group("call")
def call_commands() -> None:
    """Look after calls."""


@call_commands.command("create")
@click.argument("file", type=click.File(encoding="utf-8"))
@with_appcontext
def create(file: TextIO) -> None:
    """Create a call, as a draft, from a JSON FILE with its texts, dates, themes, stages and reasons.

    The names in it are those of `solicit/calls/service/calls.py` (NewCall, NewTheme, NewStage, NewReason); times are
    ISO 8601 with a zone.

    \b
    Example:
      solicit call create call.json
    """
    try:
        new = call_from_json(json.load(file))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise click.ClickException(f"This file does not describe a call: {error}") from None
    try:
        with transaction() as session:
            create_call(session, call=new, creator_id=None, now=utcnow())
    except (IntegrityError, DataError) as error:
        raise click.ClickException(
            f"This call cannot be stored: {violated_constraint(error) or 'bad value'}."
        ) from None
    _say_draft(new.slug)


@call_commands.command("list")
@with_appcontext
def list_() -> None:
    """List all calls with their states and dates, drafts too: open ones first, then the latest.

    \b
    Example:
      solicit call list
    """
    calls = every_call(db.session())
    rows = [{name: getattr(call, name) for name in LISTED} | {"state": call.state.value} for call in calls]
    say_rows(rows, lines=list(map(_line, calls)) or ["There is no call yet. Create one with: solicit call create FILE"])


@call_commands.command("move")
@click.argument("slug")
@click.option("--to", "state", type=STATE, required=True, help="The state that follows.")
@with_appcontext
def move(slug: str, state: str) -> None:
    """Open, close or archive the call SLUG, the word in its address.

    A call takes submissions while it is open and before its closing time, and closes by itself after it. It becomes
    published with its results alone, which an organizer publishes on the page of the publication.

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
        except NotReady as error:
            missing = "".join(f"\n  {point.text % point.params}" for point in error.points)
            raise click.ClickException(f"{error}{missing}") from None
        except DomainError as error:
            raise click.ClickException(str(error)) from None
        points = checklist(session, call_id=call.id, now=utcnow()) if state == CallState.OPEN.value else ()
    say(f"The call “{slug}” is {state}.", call=slug, state=state)
    for point in points:
        advice = point.text % point.params
        say(f"Advice: {advice}", advice=advice)


@call_commands.command("copy")
@click.argument("slug")
@click.argument("new_slug")
@click.option("--title", required=True, help="The title of the new edition.")
@click.option("--opens", required=True, help="When it opens: ISO 8601 with a zone.")
@click.option("--closes", required=True, help="When it closes: ISO 8601 with a zone.")
@with_appcontext
def copy(slug: str, new_slug: str, title: str, opens: str, closes: str) -> None:
    """Begin a new edition NEW_SLUG with what was set up for the call SLUG, as a draft.

    Themes, stages, reasons, missions, texts, translations, criteria, letters and organizers are taken over,
    submissions and rounds are not.

    \b
    Example:
      solicit call copy deep-space deep-space-2029 --title "Deep space 2029" \\
        --opens 2029-01-01T00:00+08:00 --closes 2029-03-01T23:59+08:00
    """
    with transaction() as session:
        call = call_facts(session, slug=slug)
        if call is None:
            raise click.ClickException(f"There is no call “{slug}”.")
        try:
            times = dict(opens_at=zoned(opens), closes_at=zoned(closes))
            edition = Edition(slug=new_slug, title=title, time_zone=call.time_zone, **times)
            copy_call(session, from_id=call.id, edition=edition, actor_id=None, now=utcnow())
        except (ValueError, DomainError) as error:
            raise click.ClickException(str(error)) from None
    _say_draft(new_slug)


def _line(call: CallLink) -> str:
    closes = f"closed {call.closed_at:{MINUTE}}" if call.closed_at else f"closes {call.closes_at:{MINUTE}}"
    return f"{call.slug}\t{call.state.value}\topens {call.opens_at:{MINUTE}}\t{closes}\t{call.title}"


def _say_draft(slug: str) -> None:
    say(f"The call “{slug}” is a draft. Open it with: solicit call move {slug} --to open", call=slug, state="draft")
