"""Checking and exporting chains on the command line, and the script that checks an export without us."""

import csv
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from builders import make_call
from builders_chain import live, make_asked_round
from builders_panels import rate

from solicit.panels.commands import audit_commands
from solicit.panels.models import Criterion
from solicit.panels.queries.seals import seal_key
from solicit.panels.service import rounds

SCRIPT = Path(__file__).resolve().parents[3] / "docs" / "verify_round.py"


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def round_id(session, call, now) -> int:
    round_id, asked = make_asked_round(session, call=call, now=now)
    live(session, asked, random.Random(5), n_acts=25, now=now)
    return round_id


@pytest.fixture
def run(app, session):
    return lambda *words: app.test_cli_runner().invoke(audit_commands, [*map(str, words)])


def test_verify_tells_what_holds(run, round_id, call):
    result = run("verify", "--call", call.slug)
    assert result.exit_code == 0 and f"Round {round_id} “First reading” holds: " in result.output


def test_verify_tells_what_was_changed_and_where(run, session, round_id):
    session.execute(sa.update(Criterion).where(Criterion.round_id == round_id).values(weight=7))
    result = run("verify", "--round", round_id)
    assert result.exit_code == 1
    assert (
        "DOES NOT HOLD" in result.output and "  1: The criteria or the seed are not those of “open”." in result.output
    )


def test_verify_compares_an_anchor_from_a_letter(run, round_id):
    assert run("verify", "--round", round_id, "--anchor", f"1:{'00' * 32}").exit_code == 1
    assert run("verify", "--anchor", f"1:{'00' * 32}").exit_code == 2
    assert run("verify", "--round", round_id, "--anchor", "nonsense").exit_code == 2


def test_rounds_and_calls_that_are_not_there(run, tmp_path):
    assert "no call" in run("verify", "--call", "nowhere").output
    assert "no round" in run("verify", "--round", 10**9).output
    assert "no round" in run("export", 10**9, tmp_path).output


@pytest.fixture
def exported(run, session, call, now, tmp_path):
    """The files of a round that was scored once by everybody, and its key."""
    round_id, asked = make_asked_round(session, call=call, now=now)
    for n, one in enumerate(asked):
        rate(session, one, [n % 5 + 1, 3, None], to_panel="A comment that stays here")
    rounds.close_round(session, round_id=round_id, actor_id=None, now=now)
    result = run("export", round_id, tmp_path)
    assert result.output.strip() == seal_key(round_id).hex()
    write_ratings(tmp_path)
    return tmp_path, seal_key(round_id).hex()


def write_ratings(folder) -> None:
    """Ratings and places as a run writes them: every question on its own rung, so that the bands are plain."""
    labels = [row["question"] for row in openings(folder)]
    rated = [(label, (50 * (n % 5 + 1) + 30 * 3) / 80) for n, label in enumerate(labels)]
    names = sorted(set(labels))
    means = {name: sum(v for q, v in rated if q == name) / sum(q == name for q, _ in rated) for name in names}
    write(folder / "ratings.csv", [("panelist", "question", "rating"), *((1, q, v) for q, v in rated)])
    walk = sorted(names, key=lambda name: -means[name])
    draws = {name: [10 - place, 10 - place] for place, name in enumerate(walk)}
    write(folder / "draws.csv", [("question", "draw_1", "draw_2"), *((name, *draws[name]) for name in names)])
    head = ("question", "theme", "component", "place_first", "place_last", "mean", "plain_mean", "n_ratings")
    places = {name: place for place, name in enumerate(walk, 1)}
    rows = [(n, "space", 0, places[n], places[n], 10 - places[n], means[n], labels.count(n)) for n in names]
    write(folder / "ranking.csv", [head, *rows])


def openings(folder) -> list[dict]:
    with (folder / "openings.csv").open(newline="") as file:
        return [json.loads(row["content"]) for row in csv.DictReader(file)]


def table(file) -> list[list[str]]:
    with file.open(newline="") as stream:
        return list(csv.reader(stream))


def write(file, rows) -> None:
    with file.open("w", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


def check(exported) -> subprocess.CompletedProcess:
    folder, key = exported
    return subprocess.run([sys.executable, "-I", SCRIPT, folder, key], capture_output=True, text=True, check=False)


def test_export_holds_by_the_script(exported):
    checked = check(exported)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "Everything holds.\n", "")


def test_export_has_no_words_and_no_names(exported):
    text = "".join(file.read_text() for file in exported[0].iterdir())
    assert "stays here" not in text and "@" not in text


def change(file, row: int, column: int, to) -> None:
    rows = table(file)
    rows[row][column] = to(rows[row][column])
    write(file, rows)


TAMPERED = {
    "edit": ("openings.csv", lambda file: change(file, 2, 5, lambda text: text.replace('"novelty":3', '"novelty":5'))),
    "delete in the middle": ("chain.csv", lambda file: write(file, [r for n, r in enumerate(table(file)) if n != 4])),
    "delete the tail": ("chain.csv", lambda file: write(file, table(file)[:-2])),
    "append": ("chain.csv", lambda file: write(file, [*table(file), ["99", *table(file)[-1][1:]]])),
    "swap": ("chain.csv", lambda file: write(file, [*table(file)[:3], *reversed(table(file)[3:5]), *table(file)[5:]])),
    "empty": ("chain.csv", lambda file: write(file, table(file)[:2])),
    "another rating": ("ratings.csv", lambda file: change(file, 1, 2, lambda _: "4.9")),
    "another place": ("ranking.csv", lambda file: change(file, 1, 3, lambda _: "9")),
    "another mean": ("ranking.csv", lambda file: change(file, 1, 6, lambda _: "1.5")),
    "another number": ("ranking.csv", lambda file: change(file, 1, 7, lambda _: "9")),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_tampered_export_is_found_by_the_script(exported, name):
    file, tamper = TAMPERED[name]
    tamper(exported[0] / file)
    checked = check(exported)
    assert checked.returncode == 1 and checked.stderr == ""


def test_another_key_opens_nothing(exported):
    assert check((exported[0], "00" * 32)).returncode == 1
