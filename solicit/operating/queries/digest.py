"""One digest of everything that is kept: the same for the same rows, in whatever order they are stored.

The tables are those of the database, not those of our models: a backup that is made before an upgrade is
digested in the words of the older revision. Left out is what is named beside a digest or changes by itself:

- ``alembic_version``: the revision, which every manifest names;
- ``procrastinate_*``: the queue, where workers write that they live, every few seconds.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from solicit.operating.queries.rows import TableRows, lines_of

OURS = r"""
SELECT c.relname, quote_ident(a.attname), a.attcollation <> 0, array_position(i.indkey, a.attnum)
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
    AND c.relname <> 'alembic_version' AND c.relname NOT LIKE 'procrastinate\_%%'
ORDER BY c.relname COLLATE "C", a.attname COLLATE "C"
"""


@dataclass(frozen=True)
class TableDigest:
    n_rows: int
    sha256: str


@dataclass(frozen=True)
class StateDigest:
    """The digest of each table by its name, and one over all of them."""

    tables: dict[str, TableDigest]

    @property
    def sha256(self) -> str:
        return digest_of_all({name: table.sha256 for name, table in self.tables.items()})


def digest_of_all(digests: dict[str, str]) -> str:
    """SHA-256 over the names and digests of tables, in the order of the names."""
    return hashlib.sha256("".join(f"{name} {digests[name]}\n" for name in sorted(digests)).encode()).hexdigest()


def state_digest(connection: sa.Connection, tables: Collection[str] | None = None) -> StateDigest:
    """SHA-256 over the sorted rows of every table of ours, or of ``tables``."""
    return digests_of(connection, [t for t in our_tables(connection) if tables is None or t.name in tables])


def digests_of(connection: sa.Connection, tables: Sequence[TableRows], *, before: str = "") -> StateDigest:
    """The digest of some rows; memory does not grow with them."""
    hashes = {table.name: hashlib.sha256() for table in tables}
    counts = dict.fromkeys(hashes, 0)
    for name, line in lines_of(connection, tables, before=before):
        hashes[name].update(line)
        counts[name] += 1
    return StateDigest({name: TableDigest(counts[name], hashes[name].hexdigest()) for name in hashes})


def our_tables(connection: sa.Connection) -> list[TableRows]:
    """Every table of the database that a digest counts."""
    columns: dict[str, list[str]] = {}
    keys: dict[str, list[tuple[int, str]]] = {}
    for table, column, is_text, place in connection.exec_driver_sql(OURS):
        columns.setdefault(table, []).append(column)
        if place is not None:
            keys.setdefault(table, []).append((place, f'{column} COLLATE "C"' if is_text else column))
    return [TableRows(name, _select(name, columns[name], keys[name])) for name in columns]


def _select(table: str, columns: list[str], key: list[tuple[int, str]]) -> str:
    order = ", ".join(column for _, column in sorted(key))
    return f'SELECT {", ".join(columns)} FROM "{table}" ORDER BY {order}'  # noqa: S608 - names of the catalogue
