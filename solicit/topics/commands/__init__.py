"""Checking topics on the command line."""

import click
from flask.cli import with_appcontext

from solicit.db import transaction
from solicit.errors import DomainError
from solicit.topics.service.repeat import Repetition, repeat_run
from solicit.web.output import say


@click.group("topics")
def topic_commands() -> None:
    """Check how topics were found."""


@topic_commands.command("repeat")
@click.argument("run", type=int)
@with_appcontext
def repeat(run: int) -> None:
    """Compute the grouping number RUN again and say whether the same topics come out, byte for byte.

    The page “All groupings” lists their numbers. Nothing is changed. Exits with 1 if something else comes out.

    \b
    Example:
      solicit topics repeat 12
    """
    try:
        with transaction() as session:
            repetition = repeat_run(session, run_id=run)
    except DomainError as error:
        raise click.ClickException(str(error)) from None
    say("\n".join(_lines(run, repetition)), run=run, is_equal=repetition.is_equal)
    if not repetition.is_equal:
        raise SystemExit(1)


def _lines(run: int, repetition: Repetition) -> list[str]:
    if repetition.is_equal:
        return [f"Grouping {run} gives the same topics again, byte for byte."]
    lines = [f"Grouping {run} gives other topics now."]
    if repetition.n_missing:
        lines.append(f"- {repetition.n_missing} of its questions are gone or have no vector of its model any more.")
    elif not repetition.same_input:
        lines.append("- Texts, vectors, languages or themes of its questions changed since.")
    lines += [f"- {name} was {old} and is {new}." for name, old, new in repetition.versions]
    return lines if len(lines) > 1 else [*lines, "- Nothing that it read changed: another processor rounds otherwise."]
