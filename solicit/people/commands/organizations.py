"""The organizations that forms suggest, on the command line."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from solicit.db import transaction
from solicit.people.service.organizations import replace_organizations
from solicit.people.service.ror_dump import BadDump, open_dump, organizations_in
from solicit.web.output import say


@click.command("import-ror")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@with_appcontext
def import_organizations(file: Path) -> None:
    """Load the organizations that forms suggest from FILE, the official dump of the Research Organization Registry.

    FILE is the dump's .zip as it is downloaded, or the JSON file in it, of schema 1 or 2. The list there was before
    is replaced; organizations that are not active are left out.

    \b
    Example:
      solicit import-ror v1.60-2025-01-01-ror-data.zip
    """
    try:
        with transaction(is_long=True) as session, open_dump(file) as text:
            n = replace_organizations(session, organizations=organizations_in(text))
    except BadDump as error:
        raise click.ClickException(f"{error} The list is as it was.") from None
    say(f"{n} organizations are suggested now.", n=n)
