"""Writing everything that belongs to a call into one zip, which another installation imports (decisions/0033)."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from itertools import groupby
from operator import itemgetter
from typing import BinaryIO

import sqlalchemy as sa

from solicit.operating.queries.belongs import LEFT_OUT, LEFT_OUT_COLUMNS, Belongings, kept_columns, last_numbers
from solicit.operating.queries.dictionary import dictionary, file_of
from solicit.operating.queries.digest import digest_of_all
from solicit.operating.queries.revisions import revision_of
from solicit.operating.queries.rows import TableRows, lines_of

FORMAT = "solicit package 1"
MANIFEST, DICTIONARY = "manifest.json", "dictionary.json"
ABOUT = (
    "Everything that belongs to one call, one file per table and one row per line. It holds personal data, and votes "
    "with the names of those who gave them: keep it as you keep the database.",
    "The key that opens the seals of votes, SOLICIT_BALLOT_KEY, is not in it: give it by another way.",
    "People keep their accounts and choose a new password by “Forgotten password”.",
)
# Zip has no earlier time; the same rows give the same bytes whenever they are written.
TIME = (1980, 1, 1, 0, 0, 0)
PIECE = 1 << 16


def write_package(connection: sa.Connection, *, call_id: int, output: BinaryIO) -> dict:
    """Write the package of a call and return its manifest; memory does not grow with the call."""
    belongings = Belongings(call_id)
    (slug,) = connection.execute(sa.text("SELECT slug FROM call WHERE id = :id"), {"id": call_id}).one()
    with zipfile.ZipFile(output, "w") as archive:
        tables = _write_tables(connection, belongings, archive)
        manifest = {
            "format": FORMAT,
            "about": ABOUT,
            "call": slug,
            "revision": revision_of(connection),
            "versions": {"solicit": version("solicit")},
            "digest": digest_of_all({name: facts["sha256"] for name, facts in tables.items()}),
            "tables": tables,
            "sequences": last_numbers(connection),
            "left_out": LEFT_OUT,
            "left_out_columns": {".".join(names): reason for names, reason in LEFT_OUT_COLUMNS.items()},
        }
        for name, content in ((DICTIONARY, dictionary(belongings)), (MANIFEST, manifest)):
            with archive.open(_entry(name), "w") as file:
                file.write(json.dumps(content, indent=1, ensure_ascii=False).encode())
    return manifest


def _write_tables(connection: sa.Connection, belongings: Belongings, archive: zipfile.ZipFile) -> dict[str, dict]:
    rows = belongings.rows()
    filled = groupby(lines_of(connection, rows, before=belongings.before()), key=itemgetter(0))
    tables, waiting = {}, next(filled, None)
    for table in rows:
        is_filled = waiting is not None and waiting[0] == table.name
        lines = (line for _, line in waiting[1]) if is_filled else iter(())
        tables[table.name] = _write_table(archive, table, lines) | {
            "columns": [column.name for column in kept_columns(belongings.tables[table.name])]
        }
        waiting = next(filled, None) if is_filled else waiting
    if waiting is not None:
        raise RuntimeError(f"The rows of {waiting[0]} did not come in the order of the tables.")
    return tables


def _write_table(archive: zipfile.ZipFile, table: TableRows, lines: Iterator[bytes]) -> dict:
    n_rows, n_bytes, digest = 0, 0, hashlib.sha256()
    piece = bytearray()
    with archive.open(_entry(file_of(table.name)), "w", force_zip64=True) as file:
        for line in lines:
            n_rows += 1
            piece += line
            if len(piece) > PIECE:
                n_bytes += _flush(piece, file, digest)
        n_bytes += _flush(piece, file, digest)
    return {"rows": n_rows, "bytes": n_bytes, "sha256": digest.hexdigest()}


def _flush(piece: bytearray, file, digest) -> int:
    size = len(piece)
    digest.update(piece)
    file.write(piece)
    piece.clear()
    return size


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system, entry.external_attr = 3, 0o600 << 16  # on every system as on Unix
    return entry
