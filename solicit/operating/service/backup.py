"""Backing up the whole database while people work, and bringing it back: checked before, and checked after.

A backup is a zip with PostgreSQL's own dump and a manifest that has the digest of every table. Dump and digests
read one snapshot, so that what is restored can be compared to the last row.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import sqlalchemy as sa

from solicit.errors import Refused
from solicit.operating.queries.digest import StateDigest, state_digest
from solicit.operating.queries.revisions import revision_of
from solicit.operating.service.files import whole_file
from solicit.operating.service.tools import PIECE, feed, find_tool, output_of, server_version
from solicit.postgres import grant_to_app

FORMAT = "solicit backup 1"
MANIFEST, DUMP = "manifest.json", "database.dump"
LARGEST_MANIFEST = 5_000_000
# Owners and rights are those of the server that it goes to; the extension is made there by its superuser.
DUMPED = ("--format=custom", "--schema=public", "--no-owner", "--no-acl")
RESTORED = ("--schema=public", "--no-owner", "--no-acl", "--single-transaction", "--exit-on-error")
KEYS = {
    "SOLICIT_SECRET_KEY": "Opens second factors and links in letters. Without the setting: the file secret_key.",
    "SOLICIT_BALLOT_KEY": "Opens the seals of votes. Without the setting it is made of the secret key.",
    "SOLICIT_TRAVEL_KEYS": "Open travel details. Without the setting they are made of the secret key.",
}
# What is in the schema and not of an extension.
THINGS = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY c.relname LIMIT 1
"""


class BadBackup(Refused):
    """The file is not a backup, not a whole one, or not one for this version."""


class NotEmpty(Refused):
    """There is something already where a backup would go."""


class NotTheSame(Refused):
    """What was restored is not what was backed up."""


@dataclass(frozen=True)
class Backup:
    """A backup whose checksums hold."""

    path: Path
    manifest: dict

    def dump(self) -> Iterator[bytes]:
        with zipfile.ZipFile(self.path) as archive, archive.open(DUMP) as file:
            while piece := file.read(PIECE):
                yield piece


def back_up(owner_url: str, *, path: Path, now: datetime) -> dict:
    """Write a backup to ``path`` while the site runs, and return its manifest."""
    engine = sa.create_engine(owner_url, isolation_level="REPEATABLE READ", poolclass=sa.NullPool)
    with engine.connect() as connection, whole_file(path) as output:
        snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar()
        tool = find_tool("pg_dump", at_least=server_version(connection))
        with zipfile.ZipFile(output, "w") as archive:
            pieces = output_of(tool, owner_url, *DUMPED, f"--snapshot={snapshot}")
            dump = _write_dump(archive, pieces)
            manifest = _about(connection, state_digest(connection), now) | {"dump": dump}
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False))
    return manifest


def _write_dump(archive: zipfile.ZipFile, pieces: Iterator[bytes]) -> dict:
    n_bytes, digest = 0, hashlib.sha256()
    with archive.open(DUMP, "w", force_zip64=True) as file:
        for piece in pieces:
            n_bytes += len(piece)
            digest.update(piece)
            file.write(piece)
    return {"bytes": n_bytes, "sha256": digest.hexdigest()}


def _about(connection: sa.Connection, state: StateDigest, now: datetime) -> dict:
    return {
        "format": FORMAT,
        "made_at": now.isoformat(),
        "revision": revision_of(connection),
        "versions": {"solicit": version("solicit"), "postgresql": server_version(connection)},
        "digest": state.sha256,
        "tables": {name: asdict(table) for name, table in state.tables.items()},
        "keys_that_are_not_in_it": KEYS,
    }


def read_backup(path: Path) -> Backup:
    """Check the file from the first byte to the last; raises BadBackup."""
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
                raise BadBackup(f"The manifest of {path} is too large to be one.")
            manifest = json.loads(archive.read(MANIFEST))
            is_ours = isinstance(manifest, dict) and manifest.get("format") == FORMAT
            backup = Backup(path, manifest)
            is_whole = is_ours and _sha256(backup.dump()) == manifest["dump"]["sha256"]
    except KeyError:
        raise BadBackup(f"{path} is a zip, but not a backup of solicit.") from None
    except (zipfile.BadZipFile, ValueError, OSError, EOFError):
        raise BadBackup(f"{path} is damaged: it was cut off or changed. Take another backup.") from None
    if not is_ours:
        raise BadBackup(f"{path} is not a backup that this version of solicit reads ({FORMAT}).")
    if not is_whole:
        raise BadBackup(f"{path} is damaged: it was cut off or changed. Take another backup.")
    return backup


def _sha256(pieces: Iterator[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def restore(owner_url: str, backup: Backup, *, head: str) -> StateDigest:
    """Bring a backup into an empty database of the same version, and compare every table with its manifest.

    Raises BadBackup or NotEmpty before anything is changed, NotTheSame where a digest differs afterwards.
    """
    engine = sa.create_engine(owner_url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        tool = find_tool("pg_restore", at_least=_check_fits(connection, backup, head))
    feed(tool, owner_url, backup.dump(), *RESTORED, f"--dbname={sa.make_url(owner_url).database}")
    with engine.begin() as connection:
        grant_to_app(connection)
        found = state_digest(connection)
    wanted = backup.manifest["tables"]
    different = sorted(
        name for name in wanted.keys() | found.tables.keys()
        if name not in found.tables or wanted.get(name) != asdict(found.tables[name])
    )  # fmt: skip
    if different:
        raise NotTheSame(f"Restored, but not the same as when it was backed up: {', '.join(different)}. Do not use it.")
    return found


def _check_fits(connection: sa.Connection, backup: Backup, head: str) -> int:
    """The version of PostgreSQL that the dump and the server need of the program that restores."""
    if (revision := backup.manifest["revision"]) != head:
        raise BadBackup(
            f"The backup is of revision {revision}, this version of solicit wants {head}. "
            "Restore it with the version that made it, then upgrade."
        )
    if (thing := connection.exec_driver_sql(THINGS).scalar()) is not None:
        raise NotEmpty(
            f"The database is not empty: “{thing}” is in it. A backup goes into an empty one: "
            "a new SOLICIT_INSTANCE_DIR, or a new database of your server."
        )
    if not connection.exec_driver_sql("SELECT 1 FROM pg_extension WHERE extname = 'vector'").scalar():
        raise NotEmpty("The database lacks the extension vector. As its superuser run: CREATE EXTENSION vector")
    return max(server_version(connection), backup.manifest["versions"]["postgresql"])
