"""Taking backups and bringing them back on the command line."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from solicit.clock import utcnow
from solicit.db import db
from solicit.errors import Refused
from solicit.operating.service import backup as service
from solicit.web.commands import wanted_revision
from solicit.web.output import say

FILE = click.Path(dir_okay=False, exists=True, path_type=Path)


@click.command("backup")
@click.argument("target", required=False, type=click.Path(path_type=Path))
@click.option("--verify", "verified", type=FILE, help="Check a backup instead of taking one.")
@with_appcontext
def backup(target: Path | None, verified: Path | None) -> None:
    """Back up the whole database to TARGET, a file or a folder, while the site runs.

    The backup holds everything, personal data among it, and can be read by you alone. The keys are not in it: keep
    SOLICIT_SECRET_KEY, SOLICIT_BALLOT_KEY and SOLICIT_TRAVEL_KEYS apart from it, as long as you keep backups.

    Ends with 0 when the backup is whole, with 1 when it is not.

    \b
    Example:
      solicit backup /var/backups/solicit
      solicit backup --verify /var/backups/solicit/solicit-2026-11-26T060000Z.zip
    """
    if (target is None) == (verified is None):
        raise click.UsageError("Say where to write the backup, or --verify FILE.")
    try:
        if verified is not None:
            _tell(verified, service.read_backup(verified).manifest, "is whole")
        else:
            path = target / f"solicit-{utcnow():%Y-%m-%dT%H%M%SZ}.zip" if target.is_dir() else target
            manifest = service.back_up(current_app.config["OWNER_DATABASE_URL"], path=path, now=utcnow())
            _tell(path, manifest, "is written")
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from None
    except OSError as error:
        raise click.ClickException(f"{target} could not be written: {error.strerror}.") from None


@click.command("restore")
@click.argument("file", type=FILE)
@with_appcontext
def restore(file: Path) -> None:
    """Bring the backup in FILE into an empty database, and compare every table with what was backed up.

    The database must have no tables: a new SOLICIT_INSTANCE_DIR, or a new database of your own server. The version of
    solicit must be the one that made the backup. Set the keys of that installation, too.

    \b
    Example:
      SOLICIT_INSTANCE_DIR=/srv/solicit-new solicit restore solicit-2026-11-26T060000Z.zip
    """
    try:
        found = service.read_backup(file)
        db.session.rollback()
        state = service.restore(current_app.config["OWNER_DATABASE_URL"], found, head=wanted_revision())
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from None
    n_rows = sum(table.n_rows for table in state.tables.values())
    say(
        f"Restored: {len(state.tables)} tables with {n_rows} rows are the same as on {found.manifest['made_at']}.\n"
        f"Digest {state.sha256}\n"
        "Before the site opens: solicit user erase --replay FILE, solicit audit verify, solicit worker --until-idle",
        digest=state.sha256,
        made_at=found.manifest["made_at"],
        tables=len(state.tables),
        rows=n_rows,
    )


def _tell(path: Path, manifest: dict, word: str) -> None:
    n_rows = sum(table["n_rows"] for table in manifest["tables"].values())
    size = path.stat().st_size
    say(
        f"{path} {word}: {n_rows} rows of revision {manifest['revision']}, {size} bytes, as of {manifest['made_at']}.\n"
        f"Digest {manifest['digest']}\n"
        f"Not in it: {', '.join(manifest['keys_that_are_not_in_it'])}. Keep them apart from it.",
        file=str(path),
        digest=manifest["digest"],
        revision=manifest["revision"],
        made_at=manifest["made_at"],
        rows=n_rows,
        bytes=size,
    )
