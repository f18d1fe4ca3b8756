"""A backup taken while people submit holds one moment, and comes back to the last row."""

import shutil
import threading
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from builders import make_call, make_person
from builders_drafts import make_draft
from flask_migrate import downgrade

from solicit import create_app, postgres
from solicit.access import service as access
from solicit.access.guard import TOKEN_KEY
from solicit.clock import utcnow
from solicit.db import db
from solicit.operating.commands import backup as backup_command
from solicit.operating.commands import restore as restore_command
from solicit.operating.service.backup import BadBackup, NotEmpty, back_up, read_backup, restore
from solicit.operating.service.tools import ToolFailed, find_tool
from solicit.settings import Settings
from solicit.web.commands import db_upgrade, wanted_revision

N_DRAFTS = 40


@pytest.fixture(scope="module")
def site(make_database, tmp_path_factory):
    settings = Settings(instance_dir=tmp_path_factory.mktemp("backup"), testing=True, public_url="http://localhost")
    site = create_app(settings, make_database("solicit_backup"))
    site.config.update(WTF_CSRF_ENABLED=False)
    yield site
    with site.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def taken(site, tmp_path_factory) -> tuple[Path, dict, list[str], list[str]]:
    """A backup under load: the file, its manifest, and what was acknowledged before it began and in all."""
    path = tmp_path_factory.mktemp("backups") / "solicit.zip"
    acknowledged: list[str] = []
    some_sent, all_sent = threading.Event(), threading.Event()
    with site.app_context():
        session = db.session()
        call, writer = make_call(session), make_person(session)
        token = access.open_sign_in(session, person_id=writer.id, now=utcnow())
        references = [make_draft(session, call, writer) for _ in range(N_DRAFTS)]
        session.commit()
        db.session.remove()

    def submit() -> None:
        window = site.test_client()
        with window.session_transaction() as cookie:
            cookie[TOKEN_KEY] = token
        for reference in references:
            form = {"version": 2, "has_consented": "y"}
            if window.post(f"/en/{call.slug}/submit/{reference}/check", data=form).status_code == 303:
                acknowledged.append(reference)
            if len(acknowledged) >= N_DRAFTS // 8:
                some_sent.set()
        all_sent.set()

    load = threading.Thread(target=submit)
    load.start()
    assert some_sent.wait(60)
    before = list(acknowledged)
    manifest = back_up(site.config["OWNER_DATABASE_URL"], path=path, now=utcnow())
    assert all_sent.wait(120)
    load.join()
    return path, manifest, before, acknowledged


@pytest.fixture
def empty_server(tmp_path_factory):
    """The owner's address on a server that has nothing, on another machine as it were."""
    running = postgres.start(tmp_path_factory.mktemp("empty"))
    yield postgres.embedded_urls(running, "solicit").owner
    running.stop()
    shutil.rmtree(running.pgdata, ignore_errors=True)


def test_backup_under_load_comes_back_on_an_empty_server(site, taken, empty_server):
    path, manifest, before, acknowledged = taken
    assert len(acknowledged) == N_DRAFTS
    with site.app_context():
        state = restore(empty_server, read_backup(path), head=wanted_revision())
    assert state.sha256 == manifest["digest"]
    engine = sa.create_engine(empty_server, poolclass=sa.NullPool)
    with engine.connect() as connection:
        sent = set(connection.scalars(sa.text("SELECT reference FROM submission WHERE sent_at IS NOT NULL")))
        triggers = connection.scalar(sa.text("SELECT count(*) FROM pg_trigger WHERE tgname = 'guard'"))
        may_erase = connection.scalar(sa.text("SELECT has_table_privilege('solicit_app', 'audit_event', 'DELETE')"))
    assert set(before) <= sent <= set(acknowledged)
    assert (triggers, may_erase) == (9, False)


def test_backup_is_for_its_owner_alone_and_says_which_keys_it_lacks(taken):
    path, manifest, *_ = taken
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(manifest["keys_that_are_not_in_it"]) == [
        "SOLICIT_BALLOT_KEY", "SOLICIT_SECRET_KEY", "SOLICIT_TRAVEL_KEYS",
    ]  # fmt: skip
    assert manifest["tables"]["submission"]["n_rows"] == N_DRAFTS


def test_restore_refuses_in_one_sentence_each(site, taken, tmp_path):
    path = taken[0]
    owner = site.config["OWNER_DATABASE_URL"]
    with site.app_context():
        head = wanted_revision()
    with pytest.raises(NotEmpty, match="^The database is not empty: “address_change” is in it. A backup goes into"):
        restore(owner, read_backup(path), head=head)
    with pytest.raises(BadBackup, match=f"^The backup is of revision {head}, this version of solicit wants 0009_next"):
        restore(owner, read_backup(path), head="0009_next")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    for name, bad, sentence in (
        ("changed", bytes(content), "is damaged: it was cut off or changed"),
        ("cut", bytes(content[:-50]), "is damaged: it was cut off or changed"),
        ("empty", b"", "is damaged: it was cut off or changed"),
    ):
        (tmp_path / name).write_bytes(bad)
        with pytest.raises(BadBackup, match=sentence):
            read_backup(tmp_path / name)
    with zipfile.ZipFile(tmp_path / "other", "w") as archive:
        archive.writestr("readme", "")
    with pytest.raises(BadBackup, match="is a zip, but not a backup of solicit"):
        read_backup(tmp_path / "other")


def test_commands_say_what_they_did_and_why_not(site, taken, tmp_path):
    run = site.test_cli_runner().invoke
    answer = run(backup_command, [str(tmp_path)])
    assert answer.exit_code == 0, answer.output
    (file,) = tmp_path.glob("solicit-*Z.zip")
    assert f"{file} is written: " in answer.output and "Keep them apart from it." in answer.output
    assert "is whole" in run(backup_command, ["--verify", str(file)]).output
    file.write_bytes(file.read_bytes()[:-9])
    for command, words in ((backup_command, ["--verify"]), (restore_command, [])):
        answer = run(command, [*words, str(file)])
        assert answer.exit_code == 1 and "is damaged: it was cut off or changed." in answer.output
    assert run(backup_command, []).exit_code == 2


def test_tool_that_is_too_old_is_named_with_its_remedy():
    with pytest.raises(ToolFailed, match="needs pg_dump of PostgreSQL 99 or later; .* Install postgresql-client-99"):
        find_tool("pg_dump", at_least=99)


def test_upgrade_backs_up_what_there_is(make_database, tmp_path):
    settings = Settings(instance_dir=tmp_path, testing=True, public_url="http://localhost")
    site = create_app(settings, make_database("solicit_upgraded"))
    with site.app_context():
        make_person(db.session())
        db.session.commit()
        db.session.remove()
        downgrade(revision="-1")
        answer = site.test_cli_runner().invoke(db_upgrade, [])
        again = site.test_cli_runner().invoke(db_upgrade, [])
        (file,) = (tmp_path / "backups").glob("*.zip")
        assert f"Backed up to {file}.\n" in answer.output and "run: solicit restore FILE" in answer.output
        assert again.output == f"Nothing to do: the database is at {wanted_revision()}.\n"
        assert read_backup(file).manifest["tables"]["person"]["n_rows"] == 1
        db.engine.dispose()
