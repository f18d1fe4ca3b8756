"""What a site may set, and the secret that it makes for itself."""

import stat
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from solicit import create_app
from solicit.db import db
from solicit.people.models import Person
from solicit.postgres import DatabaseUrls
from solicit.settings import BadSettings, Settings

OPERATING = Path(__file__).parents[2] / "docs" / "operating.md"
PRODUCTION = {
    "SOLICIT_ENVIRONMENT": "production",
    "SOLICIT_SECRET_KEY": "x" * 32,
    "SOLICIT_PUBLIC_URL": "https://questions.example.org",
    "SOLICIT_DATABASE_URL": "postgresql+psycopg://localhost/solicit",
    "SOLICIT_MAIL_SERVER": "localhost",
}


@pytest.mark.parametrize("name", ["SOLICIT_TESTING", "SOLICIT_DEMO"])
def test_production_refuses_what_is_for_trying(name):
    assert Settings.from_env(PRODUCTION).is_production
    with pytest.raises(BadSettings):
        Settings.from_env(PRODUCTION | {name: "1"})


def test_letters_are_kept_for_a_day_at_least():
    with pytest.raises(BadSettings):
        Settings.from_env({"SOLICIT_KEEP_MAIL_DAYS": "0"})


def test_every_setting_is_documented():
    text = OPERATING.read_text()
    names = (name.upper() for name in Settings.__dataclass_fields__)
    assert [name for name in names if f"`SOLICIT_{name}`" not in text and f"`_{name[5:]}`" not in text] == []


def test_secret_is_made_once_for_all_processes(tmp_path):
    secrets = set()
    starts = [threading.Thread(target=lambda: secrets.add(Settings(instance_dir=tmp_path).secret())) for _ in range(8)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    (secret,) = secrets
    assert len(secret) >= 32
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_errors_of_the_database_repeat_no_texts(app):
    """The log holds what an error says of itself."""
    with app.app_context(), db.engine.connect() as connection, pytest.raises(IntegrityError) as caught:
        connection.execute(sa.insert(Person).values(full_name="Zebedee Canaryson"))
    assert "INSERT INTO person" in str(caught.value)
    assert "[SQL parameters hidden" in str(caught.value)


def test_nobody_switches_debugging_on_from_outside(tmp_path, monkeypatch):
    monkeypatch.setenv("FLASK_DEBUG", "1")
    nobody = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
    assert not create_app(Settings(instance_dir=tmp_path, testing=True), DatabaseUrls(nobody, nobody)).debug
