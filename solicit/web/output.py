"""What commands say: sentences for people, one JSON object for programs where ``--json`` is asked for."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NoReturn

import click

from solicit.errors import DomainError
from solicit.operating.service.files import whole_file

ASKED = "solicit.web.output.json"


class Speaking(click.Group):
    """The root of all commands: it gives each of them ``--json``, and says its errors the same way."""

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        _let_speak_json(cmd)
        super().add_command(cmd, name)

    def invoke(self, ctx: click.Context):
        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            if not speaks_json(ctx):
                raise
            click.echo(_json({"error": error.format_message()}))
            ctx.exit(error.exit_code)


def _let_speak_json(command: click.Command) -> None:
    if isinstance(command, click.Group):
        for each in command.commands.values():
            _let_speak_json(each)
    elif not any("--json" in option.opts for option in command.params):
        help_text = "Say it as JSON, for programs."
        option = click.Option(
            ["--json"], is_flag=True, is_eager=True, expose_value=False, help=help_text, callback=_ask
        )
        command.params.append(option)


def _ask(ctx: click.Context, param: click.Parameter, is_asked: bool) -> None:
    ctx.meta[ASKED] = is_asked  # shared by the contexts of all groups above


def speaks_json(ctx: click.Context | None = None) -> bool:
    ctx = ctx or click.get_current_context(silent=True)
    return bool(ctx and ctx.meta.get(ASKED))


def say(sentence: str, *, err: bool = False, **facts: object) -> None:
    """A sentence of a command; its facts are what a program wants to know of it."""
    if speaks_json():
        click.echo(_json({"said": sentence} | facts))
    else:
        click.echo(sentence, err=err)


@contextmanager
def output_file(path: Path) -> Iterator[BinaryIO]:
    """The file that a command writes, whole or not there at all; what hindered it ends the command."""
    try:
        with whole_file(path) as file:
            yield file
    except OSError as error:
        raise click.ClickException(f"{path} could not be written: {error.strerror}.") from None
    except DomainError as error:
        raise click.ClickException(str(error)) from None


def refuse(reason: str, *, exit_code: int) -> NoReturn:
    """End a command with a reason, and an exit code of its own."""
    error = click.ClickException(reason)
    error.exit_code = exit_code
    raise error


def say_rows(rows: Iterable[dict], *, lines: Sequence[str] | Callable[[dict], str]) -> None:
    """A list: one JSON object a row for programs, lines for people."""
    if speaks_json():
        for row in rows:
            click.echo(_json(row))
        return
    for line in map(lines, rows) if callable(lines) else lines:
        click.echo(line)


def _json(value: dict) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
