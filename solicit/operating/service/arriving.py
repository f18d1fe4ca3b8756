"""Reading a package that comes from elsewhere: nothing in it is believed before it is checked."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from solicit.errors import Refused
from solicit.operating.queries.belongs import Belongings, kept_columns
from solicit.operating.queries.dictionary import file_of
from solicit.operating.service.package import DICTIONARY, FORMAT, MANIFEST, PIECE

SAID = {"revision", "digest", "tables", "sequences"}
LARGEST_MANIFEST = 5_000_000
LARGEST_RATIO = 200
# What a zip file that somebody cut off, changed, locked or made to harm ends in.
UNREADABLE = (zipfile.BadZipFile, zipfile.zlib.error, RuntimeError, ValueError, OSError, EOFError)


class BadPackage(Refused):
    """The file is not a package, not a whole one, or not one for this installation."""


@dataclass(frozen=True)
class Package:
    """A package whose directory and manifest are right; its rows are checked while they are read."""

    path: Path
    manifest: dict

    def pieces(self, table: str) -> Iterator[bytes]:
        """The lines of a table, in pieces; raises BadPackage at their end if they are not those of the manifest."""
        digest = hashlib.sha256()
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(file_of(table)) as file:
                while piece := file.read(PIECE):
                    digest.update(piece)
                    yield piece
        except UNREADABLE:
            raise _damaged(file_of(table)) from None
        if digest.hexdigest() != self.manifest["tables"][table]["sha256"]:
            raise _damaged(file_of(table))


def read_package(path: Path) -> Package:
    """Check what a package says of itself; raises BadPackage with the first thing that is wrong."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            manifest = _manifest(archive)
    except UNREADABLE:
        raise BadPackage("This file is not a whole package: it was cut off or changed. Copy it again.") from None
    _check_tables(manifest)
    _check_entries(entries, manifest)
    return Package(path, manifest)


def _manifest(archive: zipfile.ZipFile) -> dict:
    try:
        entry = archive.getinfo(MANIFEST)
    except KeyError:
        raise BadPackage("This zip has no manifest.json: it is not a package of a call.") from None
    if entry.file_size > LARGEST_MANIFEST:
        raise BadPackage("The manifest is too large to be one.")
    manifest = json.loads(archive.read(entry))
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT or not manifest.keys() >= SAID:
        raise BadPackage(f"This is not a package that this version of solicit reads ({FORMAT}).")
    return manifest


def _check_tables(manifest: dict) -> None:
    """The tables and columns are exactly ours."""
    ours = {name: [column.name for column in kept_columns(table)] for name, table in Belongings(0).tables.items()}
    theirs = manifest.get("tables")
    if not _is_table_of_tables(theirs) or not _is_table_of_tables({"": manifest.get("sequences")}):
        raise BadPackage("The manifest does not say what is in the package.")
    for name in sorted(ours.keys() ^ theirs.keys()):
        where = "this installation" if name in ours else "the package"
        raise BadPackage(f"The table “{name}” is only in {where}: both need the same version of solicit.")
    for name, columns in ours.items():
        if theirs[name].get("columns") != columns:
            raise BadPackage(f"The columns of “{name}” are not those of this installation.")


def _is_table_of_tables(thing: object) -> bool:
    return isinstance(thing, dict) and all(isinstance(value, dict) for value in thing.values())


def _check_entries(entries: list[zipfile.ZipInfo], manifest: dict) -> None:
    """The zip holds the files of the manifest and nothing else, none larger than it says, and no bomb."""
    sizes = {file_of(name): facts.get("bytes") for name, facts in manifest["tables"].items()}
    names = sorted(entry.filename for entry in entries)
    if names != sorted([*sizes, MANIFEST, DICTIONARY]):
        raise BadPackage("The zip holds other files than its manifest names.")
    for entry in entries:
        if entry.filename in sizes and entry.file_size != sizes[entry.filename]:
            raise _damaged(entry.filename)
        if entry.file_size > LARGEST_RATIO * max(entry.compress_size, PIECE):
            raise BadPackage(f"{entry.filename} unpacks to more than any real table.")


def _damaged(name: str) -> BadPackage:
    return BadPackage(f"{name} is not what the manifest says: the package was cut off or changed. Copy it again.")
