"""At which revision a database is, and whether it holds anything."""

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext

from solicit.db import Base
from solicit.modules import import_every

# What an operator recognizes is named first.
TELLING = ("call", "person")


def revision_of(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def every_table() -> list[sa.Table]:
    """All tables of our models, each after those that it refers to."""
    import_every("models")
    return Base.metadata.sorted_tables


def first_filled(connection: sa.Connection) -> str | None:
    """The name of a table of our models that has rows, None if there is none."""
    there = set(sa.inspect(connection).get_table_names())
    found = (
        table.name
        for table in sorted(every_table(), key=lambda table: table.name not in TELLING)
        if table.name in there and connection.scalar(sa.select(sa.exists(sa.select(sa.literal(1)).select_from(table))))
    )
    return next(found, None)
