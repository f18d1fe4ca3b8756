"""Bringing the package of a call into an empty installation: all of it or nothing, and the same to the last bit.

The numbers of rows are kept: seals, digests and letters name them. Triggers that guard votes would refuse those of a
closed round, so the owner of the tables switches them off in the transaction of the import, which locks the tables
against everybody else; foreign keys and checks stay on. What is then read back has to have the digests of the manifest.
"""

from collections.abc import Callable

import psycopg
import sqlalchemy as sa

from solicit.errors import Refused
from solicit.operating.queries.belongs import Belongings, kept_columns, last_numbers
from solicit.operating.queries.digest import digests_of
from solicit.operating.queries.revisions import first_filled, revision_of
from solicit.operating.queries.rows import LINES
from solicit.operating.service.arriving import BadPackage, Package

GUARDED = "SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal"


class NotEmpty(Refused):
    """Something is there already."""


def bring_in(connection: sa.Connection, package: Package, *, report: Callable[[str], None]) -> None:
    """Fill the tables of an empty installation; the caller commits, or takes it back.

    ``connection`` is the owner's. Raises NotEmpty, or BadPackage where the rows are not those of the manifest.
    """
    check_fits(connection, package)
    tables = Belongings(0).tables
    guarded = sorted({name for (name,) in connection.exec_driver_sql(GUARDED)} & tables.keys())
    for name in guarded:
        connection.exec_driver_sql(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
    connection.exec_driver_sql("CREATE TEMPORARY TABLE arriving (line json)")
    for name, table in tables.items():
        report(name)
        _fill(connection, package, table)
    connection.exec_driver_sql("DROP TABLE arriving")
    _compare(connection, package)
    for name in guarded:
        connection.exec_driver_sql(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')


def check_fits(connection: sa.Connection, package: Package) -> None:
    """Raise unless the installation is of the same revision and empty."""
    here, there = revision_of(connection), package.manifest["revision"]
    if here is None:
        raise NotEmpty("This installation has no tables yet. Run: solicit db upgrade")
    if here != there:
        raise BadPackage(f"The package is of revision {there}, this installation of {here}: use the same version.")
    if (filled := first_filled(connection)) is not None:
        raise NotEmpty(
            f"This installation is not empty: the table “{filled}” has rows. The numbers in a package are kept, so it "
            "goes into a new one: make it with solicit db upgrade, and import before anybody registers."
        )


def continue_numbers(connection: sa.Connection, package: Package) -> None:
    """Go on counting where the other installation stood. Not undone by a rollback, therefore the very last."""
    numbers = package.manifest["sequences"]
    for name in last_numbers(connection):
        if (number := numbers.get(name)) is not None:
            connection.execute(sa.text("SELECT setval(:name, :number)"), {"name": name, "number": int(number)})


def _fill(connection: sa.Connection, package: Package, table: sa.Table) -> None:
    columns = ", ".join(f'"{column.name}"' for column in kept_columns(table))
    with connection.connection.driver_connection.cursor() as cursor:
        try:
            with cursor.copy(f"COPY arriving FROM STDIN {LINES}") as lines:
                for piece in package.pieces(table.name):
                    lines.write(piece)
            cursor.execute(
                f'INSERT INTO "{table.name}" ({columns}) SELECT {columns}'  # noqa: S608 - names of our models
                f' FROM arriving, json_populate_record(NULL::"{table.name}", line)'
            )
            cursor.execute("TRUNCATE arriving")
        except psycopg.Error as error:
            reason = error.diag.message_primary or type(error).__name__
            raise BadPackage(f"The rows of “{table.name}” do not fit: {reason}.") from None


def _compare(connection: sa.Connection, package: Package) -> None:
    """Raise BadPackage unless what is stored now would make the same package again."""
    call_ids = connection.scalars(sa.text("SELECT id FROM call")).all()
    if len(call_ids) != 1:
        raise BadPackage("A package holds one call; this one does not.")
    belongings = Belongings(call_ids[0])
    stored = digests_of(connection, belongings.rows(), before=belongings.before())
    for name, facts in package.manifest["tables"].items():
        if stored.tables[name].sha256 != facts["sha256"]:
            raise BadPackage(f"“{name}” would not be the same after the import. Nothing was imported.")
    if stored.sha256 != package.manifest["digest"]:
        raise BadPackage("The digest of the manifest is not that of its tables. Nothing was imported.")
