"""A call goes to another installation and is the same there: to the last bit, and whoever checks it."""

import csv
import json
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.operating.queries.belongs import LEFT_OUT, LEFT_OUT_COLUMNS, Belongings
from solicit.operating.queries.revisions import every_table, first_filled
from solicit.operating.service.arriving import BadPackage, Package, read_package
from solicit.operating.service.bring_in import NotEmpty, bring_in, continue_numbers
from solicit.operating.service.package import write_package
from solicit.panels.models import Score
from solicit.panels.queries.chain import Verdict, check_chain
from solicit.panels.queries.stored_votes import round_chain, rounds_with_chain
from solicit.rankings.models import RankingRun
from solicit.rankings.service.verify import verify

REVIEWED = Path(__file__).with_name("package_tables.csv")


@pytest.fixture(scope="module")
def target(make_database):
    """The owner's engine of an empty installation."""
    engine = sa.create_engine(make_database("solicit_target").owner)
    yield engine
    engine.dispose()


def nothing(name: str) -> None:
    """Nobody watches."""


def changed(packed, folder, name="changed", **changes) -> Path:
    """The package with other files; a change is made of the old content, None takes the file away."""
    path = folder / f"{name}.zip"
    with zipfile.ZipFile(packed.file) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            change = changes.pop(name.partition(".")[0], lambda content: content)
            new.writestr(name, change(old.read(name)))
        for name, content in changes.items():
            new.writestr(name, content)
    return path


def verdicts(session, call_id: int) -> list[Verdict]:
    """What the check of every chain of a call says."""
    rounds = rounds_with_chain(session, call_id=call_id, round_id=None)
    return [check_chain(round_chain(session, round_id=number)) for number, _ in rounds]


def manifest_with(**values):
    return lambda content: json.dumps(json.loads(content) | values)


def test_every_table_is_reviewed():
    """A new table is in the package or named as left out: add it to package_tables.csv when you have decided."""
    found = []
    belongings = Belongings(1)
    for table in sorted(every_table(), key=lambda table: table.name):
        left = ["; ".join(sorted(column for name, column in LEFT_OUT_COLUMNS if name == table.name))]
        found.append([table.name, "stays" if table.name in LEFT_OUT else "comes", *left])
    with REVIEWED.open(newline="") as file:
        assert [row[:3] for row in csv.reader(file)][1:] == found
    assert {row.name for row in belongings.rows()} == {name for name, word, _ in found if word == "comes"}


def test_package_is_the_same_call_elsewhere(packed, target, tmp_path):
    package = read_package(packed.file)
    with target.begin() as connection:
        bring_in(connection, package, report=nothing)
        continue_numbers(connection, package)
    with target.connect() as connection, (tmp_path / "again.zip").open("wb") as output:
        call_id = connection.scalar(sa.text("SELECT id FROM call"))
        assert write_package(connection, call_id=call_id, output=output)["digest"] == packed.manifest["digest"]
    assert (tmp_path / "again.zip").read_bytes() == packed.file.read_bytes()

    with Session(target) as session:
        found = verdicts(session, call_id)
        with Session(sa.create_engine(packed.urls.app, poolclass=sa.NullPool)) as there:
            assert found == verdicts(there, call_id)
        assert max(verdict.n_opened for verdict in found if verdict.holds) > 10
        frozen = sa.select(RankingRun.id).where(RankingRun.draws_digest.is_not(None))
        assert [verify(session, run_id).holds for run_id in session.scalars(frozen)] == [True]
        with pytest.raises(sa.exc.IntegrityError, match="round"):
            session.execute(sa.update(Score).values(value=1))  # the triggers are on again
        session.rollback()
        with pytest.raises(NotEmpty, match="not empty: the table “call” has rows"):
            bring_in(session.connection(), package, report=nothing)


def test_package_holds_nothing_of_other_calls_and_no_secrets(packed):
    with zipfile.ZipFile(packed.file) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
        kinds = {(entry.date_time, entry.external_attr >> 16) for entry in archive.infolist()}
    assert kinds == {((1980, 1, 1, 0, 0, 0), 0o600)}
    assert packed.other_slug not in "".join(texts.values())
    assert '"password"' not in texts["person.jsonl"] and '"totp_secret"' not in texts["person.jsonl"]
    about = json.loads(texts["dictionary.json"])["score"]
    assert about["file"] == "score.jsonl" and {"name": "value", "type": "bigint"}.items() <= about["columns"][2].items()
    assert len([facts for facts in packed.manifest["tables"].values() if facts["rows"]]) > 60
    with sa.create_engine(packed.urls.app, poolclass=sa.NullPool).connect() as connection:
        scores = connection.scalar(sa.text("SELECT count(*) FROM score"))
    assert 0 < packed.manifest["tables"]["score"]["rows"] < scores


def test_package_that_is_not_right_is_refused_and_changes_nothing(packed, make_database, tmp_path):
    engine = sa.create_engine(make_database("solicit_refused").owner)
    cut = tmp_path / "cut.zip"
    cut.write_bytes(packed.file.read_bytes()[:-100])
    tables = packed.manifest["tables"]
    wider = tables | {"score": tables["score"] | {"columns": [*tables["score"]["columns"], "weight"]}}
    line = b'{"id": 1}\n'
    one_byte_off = lambda content: content.replace(b"true", b"null", 1)  # noqa: E731
    for file, sentence in (
        (cut, "This file is not a whole package: it was cut off or changed."),
        (changed(packed, tmp_path, "a", manifest=manifest_with(format="other")), "not a package that this version"),
        (changed(packed, tmp_path, "h", manifest=lambda _: b"[" * 100_000), "This file is not a whole package"),
        (changed(packed, tmp_path, "b", manifest=manifest_with(tables=wider)), "The columns of “score” are not those"),
        (changed(packed, tmp_path, "c", **{"../evil": b"x"}), "The zip holds other files than its manifest names."),
        (changed(packed, tmp_path, "d", score=lambda content: content + line), "score.jsonl is not what the manifest"),
        (changed(packed, tmp_path, "e", person=one_byte_off), "person.jsonl is not what the manifest says"),
        (changed(packed, tmp_path, "f", manifest=manifest_with(revision="0001")), "The package is of revision 0001"),
        (changed(packed, tmp_path, "g", manifest=manifest_with(digest="0" * 64)), "The digest of the manifest is not"),
    ):
        with engine.connect() as connection, pytest.raises(BadPackage, match=sentence):
            bring_in(connection, read_package(file), report=nothing)
    with engine.connect() as connection:
        assert first_filled(connection) is None
    engine.dispose()


def test_bomb_is_refused_before_it_is_unpacked(packed, tmp_path):
    size = 50_000_000
    tables = packed.manifest["tables"] | {"score": packed.manifest["tables"]["score"] | {"bytes": size}}
    bomb = changed(packed, tmp_path, score=lambda _: b" " * size, manifest=manifest_with(tables=tables))
    with pytest.raises(BadPackage, match="score.jsonl unpacks to more than any real table"):
        read_package(bomb)


def test_numbers_of_unknown_sequences_are_not_touched(packed, target):
    manifest = packed.manifest | {"sequences": {"procrastinate_jobs_id_seq": 7, "call_id_seq": 9_000}}
    with target.connect() as connection:
        continue_numbers(connection, Package(packed.file, manifest))
        assert connection.scalar(sa.text("SELECT last_value FROM call_id_seq")) == 9_000
        assert connection.scalar(sa.text("SELECT last_value FROM procrastinate_jobs_id_seq")) == 1
