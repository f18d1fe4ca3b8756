"""Every migration down and up, the last one first, under ten thousand submissions."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade

from solicit import create_app
from solicit.db import db
from solicit.operating.queries.digest import state_digest
from solicit.settings import Settings
from solicit.web.files import files_dir

N_QUESTIONS = 10_000
KEPT = ("submission", "submission_version", "authorship", "score")


@pytest.fixture
def large(tmp_path):
    """A site with sample content and generated questions, on a server of its own."""
    environment = {"SOLICIT_INSTANCE_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    run = [sys.executable, "-m", "solicit"]
    root = Path(__file__).parents[1]
    made = [*run, "demo", "--no-serve", "--questions", str(N_QUESTIONS)]
    subprocess.run(made, check=True, cwd=root, env=environment, capture_output=True)
    site = create_app(Settings(instance_dir=tmp_path, testing=True))
    with site.app_context():
        yield site
        db.engine.dispose()
    subprocess.run([*run, "db", "stop"], check=True, cwd=root, env=environment, capture_output=True)


@pytest.mark.full
def test_migrations_go_down_and_up_under_ten_thousand_submissions(large, record_property):
    revisions = [script.revision for script in ScriptDirectory(str(files_dir("migrations"))).walk_revisions()]
    before = digests()
    began = time.monotonic()
    downgrade(revision="-1")
    upgrade()
    seconds = time.monotonic() - began
    assert digests() == before
    for revision in revisions[1:]:
        downgrade(revision=revision)
    for revision in reversed(revisions):
        upgrade(revision=revision)
    assert digests()["submission"].n_rows == before["submission"].n_rows > N_QUESTIONS
    everything = time.monotonic() - began - seconds
    record_property(
        "trust", f"migrations under {N_QUESTIONS}: last {seconds:.1f} s, all {everything:.1f} s down and up"
    )


def digests() -> dict:
    """Of the tables that the last migration leaves alone."""
    with sa.create_engine(db.engine.url, poolclass=sa.NullPool).connect() as connection:
        return state_digest(connection, KEPT).tables
