"""Commands speak in sentences, or in JSON where a program asks."""

import json

import click
import pytest
from click.testing import CliRunner
from psycopg.errors import UndefinedTable
from sqlalchemy.exc import ProgrammingError

from solicit.__main__ import cli
from solicit.web.output import Speaking, say, say_rows


@click.group()
def fruit() -> None: ...


@fruit.command()
@click.argument("name")
def pick(name: str) -> None:
    if name == "stone":
        raise click.ClickException("A stone is no fruit.")
    if name == "stale":
        raise ProgrammingError("SELECT", {}, UndefinedTable())
    say(f"Picked a “{name}”.", name=name, n=1)


@fruit.command("list")
def list_fruit() -> None:
    say_rows([{"name": "pear"}, {"name": "fig"}], lines=lambda row: f"- {row['name']}")


@pytest.fixture
def run():
    root = Speaking("root")
    root.add_command(fruit)
    return lambda *arguments: CliRunner().invoke(root, ["fruit", *arguments])


def test_sentences_are_for_people(run):
    assert run("pick", "pear").output == "Picked a “pear”.\n"
    assert run("list").output == "- pear\n- fig\n"
    refused = run("pick", "stone")
    assert (refused.output, refused.exit_code) == ("Error: A stone is no fruit.\n", 1)


def test_missing_tables_are_named_with_what_to_do(run):
    refused = run("pick", "stale")
    assert refused.exit_code == 1
    assert refused.output == "Error: The tables of the database are not up to date. Run: solicit db upgrade\n"


def test_json_is_for_programs(run):
    assert json.loads(run("pick", "pear", "--json").output) == {"said": "Picked a “pear”.", "name": "pear", "n": 1}
    assert [json.loads(line) for line in run("list", "--json").output.splitlines()] == [
        {"name": "pear"},
        {"name": "fig"},
    ]
    refused = run("pick", "stone", "--json")
    assert (json.loads(refused.output), refused.exit_code) == ({"error": "A stone is no fruit."}, 1)
    assert run("pick", "pear").output == "Picked a “pear”.\n"


def commands(group: click.Group) -> list[click.Command]:
    found = []
    for command in group.commands.values():
        found += commands(command) if isinstance(command, click.Group) else [command]
    return found


def test_every_command_can_be_asked_for_json():
    assert [
        command.name for command in commands(cli) if not any("--json" in option.opts for option in command.params)
    ] == []
