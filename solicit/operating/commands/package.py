"""The complete package of a call, out of one installation and into another, on the command line."""

from pathlib import Path

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import with_appcontext

from solicit.calls.queries import call_facts
from solicit.db import db
from solicit.errors import Refused
from solicit.operating.service.arriving import Package, read_package
from solicit.operating.service.bring_in import bring_in, continue_numbers
from solicit.operating.service.package import write_package
from solicit.reports.commands import export
from solicit.submissions.commands import import_questions
from solicit.web.output import output_file, say


@export.command("package")
@click.option("--call", "slug", required=True, help="The call, as it stands in its address.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The zip to write.")
@with_appcontext
def export_package(slug: str, output: Path) -> None:
    """Write everything that belongs to a call into one zip, for another installation.

    It holds personal data, and votes with the names of those who gave them. The manifest says what stays behind:
    passwords and second factors, travel details, letters, jobs. Give SOLICIT_BALLOT_KEY by another way.

    \b
    Example:
      solicit export package --call deep-space --output deep-space.zip
    """
    call = call_facts(db.session(), slug=slug)
    db.session.rollback()
    if call is None:
        raise click.ClickException(f"There is no call “{slug}”.")
    with output_file(output) as file:
        manifest = write_package(db.session.connection(), call_id=call.id, output=file)
    _tell(f"The call “{slug}” is in {output}", manifest, file=str(output), bytes=output.stat().st_size)


class FileOrPackage(click.Group):
    """Files of questions came first: what is not the name of a command is one of them."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        is_command = not args or args[0] in self.commands or args[0] == "--help"
        return super().parse_args(ctx, args if is_command else [import_questions.name, *args])


@click.group("import", cls=FileOrPackage)
def import_commands() -> None:
    """Bring in a file of questions, or the complete package of a call.

    \b
    Example:
      solicit import questions.csv --call deep-space
      solicit import package deep-space.zip
      solicit import file --help
    """


import_commands.add_command(import_questions)


@import_commands.command("package")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Do everything, compare the digests, and take it back.")
@with_appcontext
def import_package(file: Path, dry_run: bool) -> None:
    """Import the complete package of a call into an empty installation: all of it or nothing.

    The installation has to be new (solicit db upgrade, and nobody registered): the numbers of the package are kept.
    Give it the SOLICIT_BALLOT_KEY of the old one. People choose a new password by “Forgotten password”.

    \b
    Example:
      solicit import package deep-space.zip --dry-run
      solicit import package deep-space.zip
    """
    engine = sa.create_engine(current_app.config["OWNER_DATABASE_URL"], poolclass=sa.NullPool)
    try:
        package = read_package(file)
        with engine.connect() as connection, connection.begin() as everything:
            _bring_in(connection, package)
            if dry_run:
                everything.rollback()
            else:
                continue_numbers(connection, package)
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from None
    slug = package.manifest["call"]
    done = f"is imported; check its votes with: solicit audit verify --call {slug}\nThe package has"
    _tell(f"The call “{slug}” {'could be imported' if dry_run else done}", package.manifest, imported=not dry_run)


def _bring_in(connection: sa.Connection, package: Package) -> None:
    n_tables = len(package.manifest["tables"])
    with click.progressbar(length=n_tables, label="Importing", file=click.get_text_stream("stderr")) as bar:
        bring_in(connection, package, report=lambda name: bar.update(1))


def _tell(said: str, manifest: dict, **facts: object) -> None:
    n_rows = sum(table["rows"] for table in manifest["tables"].values())
    digest = manifest["digest"]
    say(f"{said}: {n_rows} rows, digest {digest}.", call=manifest["call"], digest=digest, rows=n_rows, **facts)
