"""A real PostgreSQL for every test run, one database per worker, rolled back after each test."""

import fcntl
import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from browser import Browser
from flask_migrate import upgrade
from hypothesis import settings
from psycopg import sql

from ml.language.embedding import BUNDLED_NAME
from solicit import create_app, postgres
from solicit.db import db
from solicit.settings import Settings
from solicit.web.limits import limiter

REPOSITORY = Path(__file__).resolve().parents[1]
TEMPLATE = "solicit_template"
# A slow machine is no failure: a test that hangs meets the timeout of pytest. What fails is what was changed, so the
# examples stay the same; the full run looks for others.
settings.register_profile("usual", deadline=None, derandomize=True)
settings.register_profile("full", deadline=None)
FULL_WITHIN = 3_600

# Without network: every connection attempt is an error.
EXPORT = """
import socket, sys
def refuse(*args, **kwargs):
    raise OSError("no network in this test")
socket.socket.connect = socket.getaddrinfo = refuse
from ml.language.embedding import export_onnx
export_onnx(None, sys.argv[1])
"""

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def pytest_addoption(parser):
    parser.addoption("--full", action="store_true", help="run the full counts, too")


def pytest_configure(config):
    settings.load_profile("full" if config.getoption("--full") else "usual")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--full"):
        left_out = [item for item in items if "full" in item.keywords]
        items[:] = [item for item in items if "full" not in item.keywords]
        config.hook.pytest_deselected(items=left_out)
    for item in items:
        if "full" in item.keywords:
            item.add_marker(pytest.mark.timeout(FULL_WITHIN))


def pytest_collection_finish():
    """What is loaded by now stays to the end: the collector of garbage need not look at it again and again."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter):
    """The counts that an auditor asks for: what tests noted with ``record_property("trust", ...)``."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, ())]
    for text in [text for report in reports for name, text in report.user_properties if name == "trust"]:
        terminalreporter.write_line(f"trust: {text}")


@pytest.fixture(scope="session")
def is_full(request) -> bool:
    """Whether this run takes the full counts."""
    return request.config.getoption("--full")


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory) -> Path:
    """One folder for all workers of a run."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def server(run_folder) -> Iterator:
    """The embedded server of the run; the first worker makes the migrated template, the last one stops it."""
    lock = run_folder / "server.lock"
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        marker = run_folder / "server.path"
        if not marker.exists():
            marker.write_text(tempfile.mkdtemp(prefix="solicit-test-"))
        running = postgres.start(Path(marker.read_text()))
        _make_template(running)
        users = _count_users(run_folder, +1)
    yield running
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        users = _count_users(run_folder, -1)
        if users == 0:
            running.stop()
            shutil.rmtree(running.pgdata, ignore_errors=True)
            (run_folder / "server.path").unlink()


def _count_users(run_folder: Path, change: int) -> int:
    file = run_folder / "server.users"
    users = int(file.read_text() if file.exists() else "0") + change
    file.write_text(str(users))
    return users


def _make_template(running) -> None:
    with psycopg.connect(running.get_uri(), autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", [TEMPLATE]).fetchone():
            return
    urls = postgres.embedded_urls(running, TEMPLATE)
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(instance_dir=Path(folder), testing=True), urls)
        with app.app_context():
            upgrade()
            db.engine.dispose()
    with psycopg.connect(running.get_uri(), autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(sql.Identifier(TEMPLATE)))


@pytest.fixture(scope="session")
def make_database(server):
    """Makes a fresh migrated database and returns its addresses."""

    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")

    def make(name: str) -> postgres.DatabaseUrls:
        name = f"{name}_{worker}"
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}")
            connection.execute(
                copy.format(sql.Identifier(name), sql.Identifier(TEMPLATE), sql.Identifier(postgres.OWNER))
            )
        return postgres.embedded_urls(server, name)

    return make


@pytest.fixture(scope="session")
def app(make_database, tmp_path_factory):
    """The application of this worker, on its own database."""
    settings = Settings(
        instance_dir=tmp_path_factory.mktemp("instance"),
        testing=True,
        public_url="http://localhost",
        second_factor="optional",
    )
    app = create_app(settings, make_database("solicit"))
    app.test_client_class = Browser
    app.config.update(WTF_CSRF_ENABLED=False)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def session(app):
    """A session whose commits are undone after the test; nothing is counted against any address before it."""
    with app.app_context():
        limiter.reset()
        engine = db.engine
        with engine.connect() as connection:
            outer = connection.begin()
            db.engines[None] = connection
            db.session.remove()
            db.session.configure(join_transaction_mode="create_savepoint")
            yield db.session()
            db.session.remove()
            outer.rollback()
        db.engines[None] = engine


@pytest.fixture
def client(app, session):
    """A browser on the session that is undone after the test."""
    return app.test_client()


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def count_statements(session):
    """A list that grows by every statement sent to the database."""
    statements: list[str] = []

    def remember(connection, cursor, statement, *_):
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            statements.append(statement)

    connection = session.connection()
    sa.event.listen(connection, "before_cursor_execute", remember)
    yield statements
    sa.event.remove(connection, "before_cursor_execute", remember)


@pytest.fixture(scope="session")
def export(run_folder) -> tuple[Path, str]:
    """The light copy of the bundled language model, made once for all workers of a run, and all that was printed."""
    folder, printed = run_folder / "models" / BUNDLED_NAME, run_folder / "models.printed"
    with (run_folder / "models.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not printed.exists():
            command = [sys.executable, "-c", EXPORT, str(folder)]
            done = subprocess.run(command, check=True, cwd=REPOSITORY, capture_output=True, text=True)
            printed.write_text(done.stdout + done.stderr)
    return folder, printed.read_text()


@pytest.fixture(scope="session")
def exported_model(export) -> Path:
    return export[0]


@pytest.fixture
def language_model(app, exported_model) -> Path:
    """The site has its language model."""
    folder = _model_folder(app)
    folder.parent.mkdir(exist_ok=True)
    if not folder.exists():
        folder.symlink_to(exported_model)
    return folder


@pytest.fixture
def no_language_model(app) -> Iterator[None]:
    """Nobody has exported the site's language model yet."""
    folder = _model_folder(app)
    aside = folder.with_name("aside")
    if folder.exists():
        folder.rename(aside)
    yield
    if aside.exists():
        aside.rename(folder)


def _model_folder(app) -> Path:
    return Path(app.instance_path) / "models" / BUNDLED_NAME
