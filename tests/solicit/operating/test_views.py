"""The two addresses for whatever watches a site."""

import sqlalchemy as sa

from solicit import create_app
from solicit.postgres import DatabaseUrls
from solicit.settings import Settings

NOBODY = "postgresql+psycopg://nobody@127.0.0.1:1/nothing?connect_timeout=2"


def test_site_that_is_up_to_date_is_ready(client, count_statements):
    assert client.get("/health").json == {"alive": True}
    assert count_statements == []
    ready = client.get("/ready")
    assert (ready.status_code, ready.json) == (200, {"database": "up to date", "ready": True})


def test_site_with_old_tables_is_alive_and_not_ready(client, session):
    session.execute(sa.text("UPDATE alembic_version SET version_num = '0001_the_house'"))
    ready = client.get("/ready")
    assert (ready.status_code, ready.json) == (503, {"database": "not up to date", "ready": False})
    assert ready.headers["Retry-After"] == "10"
    assert client.get("/health").status_code == 200


def test_site_without_its_database_is_alive_and_not_ready(tmp_path):
    client = create_app(Settings(instance_dir=tmp_path, testing=True), DatabaseUrls(NOBODY, NOBODY)).test_client()
    ready = client.get("/ready")
    assert (ready.status_code, ready.json) == (503, {"database": "no answer", "ready": False})
    assert client.get("/health").status_code == 200
