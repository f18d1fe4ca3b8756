"""The ``solicit`` command."""

import sys

import click
from flask.cli import ScriptInfo

from solicit import COMMANDS, create_app
from solicit.settings import BadSettings, Settings
from solicit.web.output import Speaking

BAD_SETTINGS = 2


@click.group(cls=Speaking)
def cli() -> None:
    """Run calls for scientific questions.

    Settings are read from SOLICIT_* variables; docs/operating.md lists them.

    \b
    Example:
      solicit demo            serve a site with sample content
      solicit db upgrade      bring the database up to date
      solicit serve           serve the site
    """


for command in COMMANDS:
    cli.add_command(command)


def main() -> None:
    try:
        cli(obj=ScriptInfo(create_app=lambda: create_app(Settings.from_env()), set_debug_flag=False))
    except BadSettings as error:
        click.echo(f"solicit: {error}", err=True)
        sys.exit(BAD_SETTINGS)


if __name__ == "__main__":
    main()
