"""The migrations give what the models say, go down and up again, and end in one head."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from builders import make_call
from flask_migrate import downgrade, upgrade

from solicit import create_app
from solicit.calls.models import Call
from solicit.calls.states import CallState
from solicit.clock import utcnow
from solicit.db import Base, db, transaction
from solicit.modules import import_every
from solicit.settings import Settings
from solicit.web.files import files_dir


@pytest.fixture
def migrated(make_database, tmp_path):
    """An application on a database of its own, and an owner's engine to look at it."""
    urls = make_database("solicit_migrations")
    app = create_app(Settings(instance_dir=tmp_path, testing=True), urls)
    engine = sa.create_engine(urls.owner)
    with app.app_context():
        yield engine
        db.engine.dispose()
    engine.dispose()


def ours(name: str | None, kind: str, parents: dict) -> bool:
    return not (name or "").startswith("procrastinate_")


def test_head_equals_the_models(migrated):
    import_every("models")
    with migrated.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": ours, "compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_checks_of_the_models_are_in_the_database(migrated):
    import_every("models")
    wanted = {
        f"ck_{table.name}_{check.name}" if not check.name.startswith("ck_") else check.name
        for table in Base.metadata.tables.values()
        for check in table.constraints
        if isinstance(check, sa.CheckConstraint) and check.name
    }
    with migrated.connect() as connection:
        rows = connection.exec_driver_sql("SELECT conname FROM pg_constraint WHERE contype = 'c'")
        found = {row[0] for row in rows if row[0].startswith("ck_")}
    assert found == wanted


def test_there_is_one_head_and_names_are_revisions():
    scripts = ScriptDirectory(str(files_dir("migrations")))
    assert len(scripts.get_heads()) == 1
    for script in scripts.walk_revisions():
        assert script.path.endswith(f"/{script.revision}.py")


def test_down_to_nothing_and_up_again(migrated):
    downgrade(revision="base")
    with migrated.connect() as connection:
        left = sa.inspect(connection).get_table_names()
    assert left == ["alembic_version"]
    upgrade()
    with migrated.connect() as connection:
        assert "submission" in sa.inspect(connection).get_table_names()


def test_calls_that_closed_are_told_when_by_the_audit_or_their_closing_time(migrated):
    now = utcnow()
    times = dict(opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=1))
    with transaction() as session:
        by_hand = make_call(session, state=CallState.CLOSED, now=now - timedelta(days=3), **times)
        unsaid = make_call(session, state=CallState.OPEN, **times)
        row = session.get_one(Call, unsaid.id)
        row.state, row.closed_at = CallState.PUBLISHED, now - timedelta(days=5)
        is_open = make_call(session)
    downgrade(revision="0007_desk")
    upgrade()
    with migrated.connect() as connection:
        found = dict(connection.execute(sa.select(Call.id, Call.closed_at)).all())
    assert found == {by_hand.id: now - timedelta(days=3), unsaid.id: unsaid.closes_at, is_open.id: None}


def test_application_cannot_change_the_audit(migrated, make_database):
    upgrade()
    with db.engine.connect() as connection, pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
        connection.execute(sa.text("DELETE FROM audit_event"))
