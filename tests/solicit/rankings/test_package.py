"""A run as files: complete, without names, and enough to recompute numbers, means and bands; and the command."""

import io
import json
import zipfile

import pytest
from builders import make_organizer, sign_in
from builders_panels import add_submission
from builders_rankings import Judged

from solicit.calls.states import CallState
from solicit.rankings.commands import rank as rank_command
from solicit.rankings.models import RankingRun
from solicit.rankings.service.compute import draws_digest, draws_of


@pytest.fixture
def judged(session) -> Judged:
    judged = Judged(session, state=CallState.CLOSED)
    judged.score_all()
    judged.run_id = judged.freeze()
    return judged


def package_of(judged) -> str:
    return f"/{judged.call.slug}/organize/ranking/{judged.run_id}/package.zip"


def test_the_package_is_complete_and_names_nobody(session, judged, client):
    organizer = make_organizer(session, judged.call)
    sign_in(client, session, organizer)
    answer = client.get(package_of(judged))
    files = zipfile.ZipFile(io.BytesIO(answer.data))
    texts = {name: files.read(name).decode() for name in files.namelist()}
    assert sorted(texts) == [
        "ballots.csv", "comparisons.csv", "draws.csv", "manifest.json", "ranking.csv", "ratings.csv",
    ]  # fmt: skip
    assert texts["ratings.csv"].splitlines()[0] == "panelist,question,rating"
    assert len(texts["ratings.csv"].splitlines()) == 31 and len(texts["draws.csv"].splitlines()) == 7
    assert len(texts["draws.csv"].splitlines()[1].split(",")) == 2_001
    manifest = json.loads(texts["manifest.json"])
    run = session.get_one(RankingRun, judged.run_id)
    assert (manifest["seed"], manifest["draws_digest"]) == (7, run.draws_digest.hex())
    assert draws_digest(draws_of(run.inputs)) == run.draws_digest
    everything = "".join(texts.values())
    assert all(person.full_name not in everything for person in judged.people)
    assert not any(key in everything for key in run.inputs["panelists"])
    add_submission(session, judged.questions[0], authors=(organizer,))
    answer = client.get(package_of(judged))
    files = zipfile.ZipFile(io.BytesIO(answer.data))
    label = f"Q-{judged.questions[0].number}"
    assert not any(f"{label}," in files.read(name).decode() for name in files.namelist() if name.endswith("csv"))
    assert json.loads(files.read("manifest.json"))["n_questions_left_out"] == 1


def test_numbers_means_and_bands_follow_from_the_package(session, judged, tmp_path, app):
    session.commit()
    answer = app.test_cli_runner().invoke(rank_command, ["--export", str(judged.run_id), str(tmp_path / "run")])
    assert answer.exit_code == 0, answer.output
    lines = [line.split(",") for line in (tmp_path / "run" / "draws.csv").read_text().splitlines()[1:]]
    draws = {line[0]: [float(value) for value in line[1:]] for line in lines}
    ratings = [line.split(",") for line in (tmp_path / "run" / "ratings.csv").read_text().splitlines()[1:]]
    head, *rows = [line.split(",") for line in (tmp_path / "run" / "ranking.csv").read_text().splitlines()]
    table = sorted((dict(zip(head, row, strict=True)) for row in rows), key=lambda row: -float(row["mean"]))
    first, start = None, 1
    for place, row in enumerate(table, 1):
        own = [float(value) for _, question, value in ratings if question == row["question"]]
        assert int(row["n_ratings"]) == len(own) and float(row["plain_mean"]) == pytest.approx(sum(own) / len(own))
        pairs = zip(draws[first], draws[row["question"]], strict=True) if first else ()
        if first is None or sum(a > b for a, b in pairs) / 2_000 >= 0.9:
            first, start = row["question"], place
        assert int(row["place_first"]) == start


def test_the_command_verifies_and_finds_tampering(session, judged, app):
    session.commit()
    runner = app.test_cli_runner()
    answer = runner.invoke(rank_command, ["--verify", str(judged.run_id)])
    assert answer.exit_code == 0 and answer.output.count("same digest") == 4
    judged.rows(judged.run_id)[0].mean += 1e-6
    session.commit()
    answer = runner.invoke(rank_command, ["--verify", str(judged.run_id)])
    assert answer.exit_code == 1 and "stored rows: DIFFERENT" in answer.output
    assert runner.invoke(rank_command, ["--verify", "999999"]).exit_code == 1
    assert runner.invoke(rank_command, []).exit_code == 2
