"""One digest of everything: the same for equal rows, another for any change."""

import json

import sqlalchemy as sa
from builders import make_person

from solicit.operating.queries.digest import digest_of_all, state_digest
from solicit.operating.queries.revisions import every_table
from solicit.people.models import Person
from solicit.web.commands import db_commands
from solicit.web.output import Speaking


def test_digest_counts_every_table_of_ours_and_not_the_queue(session):
    names = set(state_digest(session.connection()).tables)
    assert names == {table.name for table in every_table()}


def test_digest_depends_on_the_rows_and_not_on_where_they_lie(session):
    people = [make_person(session) for _ in range(3)]
    session.flush()
    before = state_digest(session.connection())
    same = sa.update(Person).where(Person.id == people[0].id).values(full_name=Person.full_name)
    session.execute(same)  # writes the row anew, behind the others
    assert session.scalars(sa.text("SELECT id FROM person ORDER BY ctid")).all()[-1] == people[0].id
    assert state_digest(session.connection()) == before
    session.execute(sa.update(Person).where(Person.id == people[1].id).values(uses_keys=False))
    after = state_digest(session.connection())
    assert {name for name in after.tables if after.tables[name] != before.tables[name]} == {"person"}
    assert after.sha256 != before.sha256 == digest_of_all({n: table.sha256 for n, table in before.tables.items()})


def test_digest_of_some_tables(session):
    assert list(state_digest(session.connection(), ["person", "call"]).tables) == ["call", "person"]


def test_command_says_the_digest_and_each_table(app, session):
    session.commit()
    root = Speaking("solicit")
    root.add_command(db_commands)
    said = json.loads(app.test_cli_runner().invoke(root, ["db", "digest", "--tables", "--json"]).output)
    state = state_digest(session.connection())
    assert (said["digest"], said["tables"]["person"]["n_rows"]) == (state.sha256, state.tables["person"].n_rows)
