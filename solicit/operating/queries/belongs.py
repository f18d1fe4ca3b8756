"""What belongs to a call: one walk along the foreign keys, from the call outwards.

A table with a column ``call_id`` is the call's where that names it; any other one where its first key that must be
there leads to a table of the call. What these rows name, people and language models, comes with them. Whatever stays
behind is named here with its reason; tests/solicit/operating/package_tables.csv is the reviewed list of all tables.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from solicit.operating.queries.revisions import every_table
from solicit.operating.queries.rows import TableRows

LEFT_OUT = {
    "address_change": "A link that waits for an answer is signed with the secret of this installation.",
    "api_token": "Keys to this installation open no other one.",
    "failed_sign_in": "Wrong passwords at this installation.",
    "job": "Long jobs of this installation; what they computed is in the tables of their results.",
    "job_note": "The log of a long job.",
    "outbox_mail": "What waits is sent here: otherwise both installations would write the same letter.",
    "recovery_code": "Codes for the second factor, which is set up anew.",
    "sign_in": "Browsers that are signed in here.",
    "text_vector": "A cache: the vector of a text is made again where it is missing. Those of questions come over.",
    "travel_document": "Sealed with a key of this installation, and the most delicate of all: people enter it again.",
}
LEFT_OUT_COLUMNS = {
    ("call", "copied_from_id"): "Names another call.",
    ("person", "password"): "People choose a new one by “Forgotten password”.",
    ("person", "totp_secret"): "Sealed by the secret of this installation: the second factor is set up anew.",
    ("person", "totp_confirmed_at"): "Goes with the second factor.",
}
# Rows that come because a row of the call names them; a key to one of these leads nowhere.
NAMED = ("embedding_model", "person")
# What is kept of a person beside their row, and comes with them.
OF_PEOPLE = ("erasure", "mail_stop", "person_key")
# Named by an identifier of the registry, not by a key.
BY_REGISTRY = "organization"


class NotReviewed(Exception):
    """No rule says whether a table belongs to a call."""


class Belongings:
    """The SELECT of every table of a package, for one call."""

    def __init__(self, call_id: int) -> None:
        self.tables = {table.name: table for table in every_table() if table.name not in LEFT_OUT}
        self.call_id = call_id

    def rows(self) -> list[TableRows]:
        """Every table of the package, each after those that it refers to, rows in the order of the primary key."""
        return [TableRows(name, self._select(table)) for name, table in self.tables.items()]

    def before(self) -> str:
        """What the SELECTs ask for: the people of the call, found once."""
        return f"WITH people AS MATERIALIZED ({_sql(self._people)}) "

    def condition(self, table: sa.Table) -> sa.ColumnElement[bool]:
        """Which rows of a table belong to the call."""
        if table.name == "call":
            return table.c.id == self.call_id
        if table.name in OF_PEOPLE or table.name == "person":
            return (table.c.id if table.name == "person" else table.c.person_id).in_(sa.text("SELECT id FROM people"))
        if table.name in NAMED:
            return table.c.id.in_(self._named(table.name))
        if table.name == BY_REGISTRY:
            return table.c.ror.in_(sa.union(*self._registered()))
        if "call_id" in table.c:
            return table.c.call_id == self.call_id
        return self._of_parent(table)

    @cached_property
    def _people(self) -> sa.CompoundSelect:
        """Whoever a row of the call names, and whoever did something that the audit of the call has."""
        event, key = self.tables["audit_event"], self.tables["person_key"]
        acted = sa.select(key.c.person_id).join(event, event.c.actor_key == key.c.key)
        return sa.union(self._named("person", label="id"), acted.where(self.condition(event)))

    def _named(self, name: str, label: str | None = None) -> sa.CompoundSelect:
        """The ids of one table that rows of the call name."""
        columns = [column for table in self._of_call() for column in _keys_to(table, name)]
        return sa.union(*(sa.select(c.label(label or c.name)).where(self.condition(c.table)) for c in columns))

    def _registered(self) -> Iterator[sa.Select]:
        for table in self.tables.values():
            if "ror" in table.c and table.name != BY_REGISTRY:
                yield sa.select(table.c.ror).where(self.condition(table))

    def _of_call(self) -> Iterable[sa.Table]:
        return (table for name, table in self.tables.items() if name not in (*NAMED, *OF_PEOPLE, BY_REGISTRY))

    def _of_parent(self, table: sa.Table) -> sa.ColumnElement[bool]:
        for column in table.c:
            for key in column.foreign_keys:
                parent = key.column.table
                if not column.nullable and parent.name not in (*NAMED, *LEFT_OUT):
                    return column.in_(sa.select(key.column).where(self.condition(parent)))
        raise NotReviewed(f"Nothing says whether {table.name} belongs to a call: see {__name__}.")

    def _select(self, table: sa.Table) -> str:
        order = (sa.collate(c, "C") if isinstance(c.type, sa.String) else c for c in table.primary_key)
        return _sql(sa.select(*kept_columns(table)).where(self.condition(table)).order_by(*order))


def kept_columns(table: sa.Table) -> list[sa.Column]:
    """The columns of a package: nothing that stays behind, nothing that the database makes of the others."""
    return [c for c in table.c if c.computed is None and (table.name, c.name) not in LEFT_OUT_COLUMNS]


def _keys_to(table: sa.Table, name: str) -> Iterator[sa.Column]:
    return (column for column in table.c for key in column.foreign_keys if key.column.table.name == name)


def _sql(statement: sa.Select | sa.CompoundSelect) -> str:
    return str(statement.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))


SEQUENCES = r"""
SELECT s.sequencename, s.last_value, owner.relname FROM pg_sequences s
JOIN pg_class c ON c.relname = s.sequencename AND c.relnamespace = 'public'::regnamespace
LEFT JOIN pg_depend d ON d.objid = c.oid AND d.deptype IN ('a', 'i')
LEFT JOIN pg_class owner ON owner.oid = d.refobjid
WHERE s.schemaname = 'public' AND s.sequencename NOT LIKE 'procrastinate\_%%'
ORDER BY s.sequencename COLLATE "C"
"""


def last_numbers(connection: sa.Connection) -> dict[str, int | None]:
    """The last number of every sequence behind a package: numbers are never used again, here or there."""
    return {name: number for name, number, owner in connection.exec_driver_sql(SEQUENCES) if owner not in LEFT_OUT}
