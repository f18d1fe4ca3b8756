"""The package of a publication: the same tables always become the same bytes."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping

from solicit.reports.queries.publication.tables import TABLES, PublishedTable
from solicit.web.csv import Cell, csv_lines

# The first day that a zip file knows: when it was made is said inside, and nothing else of the machine.
NO_DAY = (1980, 1, 1, 0, 0, 0)
SUMS = "SHA256SUMS"
READABLE = 0o644 << 16

Rows = list[tuple[Cell, ...]]


def packed(rows: Mapping[str, Rows], texts: Mapping[str, str]) -> bytes:
    """The zip file of tables, by their names, and of texts, by the names of their files, with sums of all."""
    file, sums = io.BytesIO(), {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        for name, pieces in _files(rows, texts):
            sums[name] = _write(package, name, pieces)
        _write(package, SUMS, (f"{digest}  {name}\n" for name, digest in sums.items()))
    return file.getvalue()


def broken_files(package: bytes) -> list[str]:
    """The files of a package that are not what its sums say, or are not named there."""
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        said = dict(reversed(line.split("  ", 1)) for line in opened.read(SUMS).decode().splitlines())
        found = {name: hashlib.sha256(opened.read(name)).hexdigest() for name in opened.namelist() if name != SUMS}
    return sorted(name for name in said.keys() | found.keys() if said.get(name) != found.get(name))


def _files(rows: Mapping[str, Rows], texts: Mapping[str, str]) -> Iterator[tuple[str, Iterable[str]]]:
    for name, text in texts.items():
        yield name, [text]
    yield "dictionary.csv", csv_lines(("table", "column", "kind", "meaning"), _dictionary())
    for table in TABLES:
        yield f"{table.name}.csv", csv_lines([column.name for column in table.columns], rows[table.name])
        yield f"{table.name}.jsonl", _json_lines(table, rows[table.name])


def _dictionary() -> Iterator[tuple[str, ...]]:
    for table in TABLES:
        for column in table.columns:
            yield table.name, column.name, column.kind, column.meaning


def _json_lines(table: PublishedTable, rows: Rows) -> Iterator[str]:
    names = [column.name for column in table.columns]
    for row in rows:
        yield json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, allow_nan=False) + "\n"


def _write(package: zipfile.ZipFile, name: str, pieces: Iterable[str]) -> str:
    """Write one file into the package and return its SHA-256."""
    entry = zipfile.ZipInfo(name, NO_DAY)
    entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, READABLE, 3
    digest = hashlib.sha256()
    with package.open(entry, "w") as member:
        for piece in pieces:
            member.write(data := piece.encode())
            digest.update(data)
    return digest.hexdigest()
