"""The ``solicit`` command."""

import sys

import click
from flask.cli import FlaskGroup, ScriptInfo

from solicit.settings import BadSettings, Settings


def _create_app():
    from solicit import create_app  # slow: not for --help

    return create_app(Settings.from_env())


@click.group(cls=FlaskGroup, create_app=_create_app, add_default_commands=False, load_dotenv=False)
def cli() -> None:
    """Run calls for scientific questions.

    \b
    Example:
      solicit demo            serve a site with sample content
      solicit db upgrade      bring the database up to date
    """


def main() -> None:
    try:
        cli.main(obj=ScriptInfo(create_app=_create_app))
    except BadSettings as error:
        click.echo(f"solicit: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
