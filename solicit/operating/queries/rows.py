"""Rows of tables as lines of JSON, in one order and one spelling, whatever order they are stored in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

# Two characters that JSON never holds: with them a line goes through COPY as it is.
LINES = r"(FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')"
BREAK = b"\x02"
# One spelling of times, floats and bytes, and one after the other: the lines of a table come in its order.
SPELLING = (
    "SET LOCAL TimeZone = 'UTC'",
    "SET LOCAL extra_float_digits = 1",
    "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL max_parallel_workers_per_gather = 0",
    "SET LOCAL statement_timeout = 0",
)


@dataclass(frozen=True)
class TableRows:
    """Some rows of a table: a SELECT with its columns, in the order of its primary key."""

    name: str
    select: str


def lines_of(
    connection: sa.Connection, tables: Sequence[TableRows], *, before: str = ""
) -> Iterator[tuple[str, bytes]]:
    """(name of the table, line) of all rows, table by table. One statement: everything is as of one moment.

    ``before`` may begin the statement with what several tables ask for (WITH …).
    """
    if not tables:
        return
    for setting in SPELLING:
        connection.exec_driver_sql(setting)
    parts = " UNION ALL ".join(
        f"SELECT {n} AS n, to_json(r) AS line FROM ({table.select}) AS r"  # noqa: S608 - statements of ours
        for n, table in enumerate(tables)
    )
    statement = f"COPY ({before} {parts}) TO STDOUT {LINES}"
    with connection.connection.driver_connection.cursor() as cursor, cursor.copy(statement) as rows:
        for row in rows:  # the server sends one row at a time
            n, _, line = bytes(row).partition(BREAK)
            yield tables[int(n)].name, line
