"""Downloads: read back and compared with the database."""

import csv
import io
import json

import openpyxl
import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_invitations import make_authors, make_question, make_ranked_question, make_ranked_run
from builders_topics import make_run
from click.testing import CliRunner

from solicit.__main__ import cli
from solicit.clock import utcnow
from solicit.embeddings.models import EmbeddingModel
from solicit.rankings.models import RankingRow
from solicit.rankings.states import Evidence
from solicit.reports.commands import export
from solicit.reports.queries.exports import RANKED_THEMES
from solicit.topics.models import Topic, TopicMember

HOSTILE = "=cmd|'/C calc'!A0"


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def ada(session, call):
    return make_organizer(session, call)


@pytest.fixture
def run(session, call):
    run = make_ranked_run(session, call)
    author = make_person(session, full_name="Zoe Zimmer", affiliation="Institute of Waves")
    make_ranked_question(session, call, run, p_top_k=0.75, people=[author], theme_key="life")
    first = make_ranked_question(session, call, run, p_top_k=1 / 3, people=[author], title=HOSTILE, approach="-1")
    make_authors(session, call, first, [make_person(session)])
    values = dict(evidence=Evidence.INSUFFICIENT, place_first=None, place_last=None, band=None, plain_mean=None)
    make_ranked_question(session, call, run, p_top_k=0.1, position=1, title="水星为什么有水冰？", **values)
    return run


def address(call, file_format, run_id=None):
    query = "" if run_id is None else f"?run={run_id}"
    return f"/{call.slug}/organize/export/ranked-themes.{file_format}{query}"


def read(answer, file_format) -> list[dict]:
    if file_format == "json":
        return json.loads(answer.data)["rows"]
    if file_format == "csv":
        return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    names, *rows = sheet.iter_rows(values_only=True)
    return [{name: value or "" for name, value in zip(names, row, strict=True)} for row in rows]


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "json"])
def test_every_format_says_what_the_database_says(client, session, call, run, ada, file_format):
    sign_in(client, session, ada)
    answer = client.get(address(call, file_format, run.id))
    assert answer.status_code == 200
    name = f"{call.slug}-ranked-themes-run-{run.id}.{file_format}"
    assert answer.headers["Content-Disposition"].replace('"', "") == f"attachment; filename={name}"
    rows = read(answer, file_format)
    assert [row["theme_key"] for row in rows] == ["space", "space", "life"]
    assert [row["evidence"] for row in rows] == ["ranked", "insufficient", "ranked"]
    stored = session.scalars(sa.select(RankingRow).where(RankingRow.run_id == run.id)).all()
    by_title = {row.title: row for row in stored}
    for row in rows:
        kept = by_title[row["title"].removeprefix("'")]
        assert float(row["p_top_k"]) == kept.p_top_k
        assert [float(row[name]) for name in ("mean", "low", "high")] == [kept.mean, kept.low, kept.high]
        assert str(row["place_first"] or "") == str(kept.place_first or "")
        assert row["result_digest"] == run.result_digest.hex()
        assert int(row["n_ratings"]) == kept.n_ratings
    assert [int(row["n_submissions"]) for row in rows] == [2, 0, 1]


def test_own_questions_are_left_out(client, session, call, run, ada):
    make_ranked_question(session, call, run, p_top_k=0.9, people=[ada], title="A question of mine?")
    sign_in(client, session, ada)
    assert "A question of mine?" not in client.get(address(call, "csv")).text
    document = json.loads(client.get(address(call, "json")).data)
    assert (len(document["rows"]), document["run"]["n_rows"], document["run"]["n_hidden"]) == (3, 3, 1)


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "json"])
def test_nobody_is_named(client, session, call, run, ada, file_format):
    sign_in(client, session, ada)
    cells = [str(cell) for row in read(client.get(address(call, file_format)), file_format) for cell in row.values()]
    assert not [cell for cell in cells if "Zimmer" in cell or "Waves" in cell or "@example" in cell]


def test_csv_guards_and_json_keeps(client, session, call, run, ada):
    sign_in(client, session, ada)
    first = read(client.get(address(call, "csv")), "csv")[0]
    assert (first["title"], first["approach"]) == ("'" + HOSTILE, "'-1")
    first = read(client.get(address(call, "json")), "json")[0]
    assert (first["title"], first["approach"]) == (HOSTILE, "-1")


def test_json_says_how_to_repeat_the_run(client, session, call, run, ada):
    sign_in(client, session, ada)
    document = json.loads(client.get(address(call, "json")).data)
    assert document["run"]["result_digest"] == run.result_digest.hex()
    assert document["run"]["input_digest"] == run.input_digest.hex()
    assert (document["run"]["seed"], document["run"]["versions"]) == (run.seed, run.versions)
    assert {column["name"] for column in document["columns"]} == set(document["rows"][0])
    assert all(column["meaning"] for column in document["columns"])


def test_topic_label_is_its_name_or_its_words(client, session, call, run, ada):
    question_id = session.scalars(sa.select(RankingRow.question_id).where(RankingRow.title == HOSTILE)).one()
    topic = make_topic(session, call, question_id)
    sign_in(client, session, ada)
    assert read(client.get(address(call, "json")), "json")[0]["topic"] == "dust, moon"
    topic.name = "Lunar dust"
    session.flush()
    assert read(client.get(address(call, "json")), "json")[0]["topic"] == "Lunar dust"


def make_topic(session, call, question_id):
    model = EmbeddingModel(name="a model", width=384)
    session.add(model)
    session.flush()
    run = make_run(session, call, model_id=model.id)
    topic = Topic(
        call_id=call.id,
        theme_id=call.themes[0].id,
        terms=["dust", "moon"],
        medoid_id=question_id,
        run_id=run.id,
        created_at=utcnow(),
    )
    session.add(topic)
    session.flush()
    session.add(TopicMember(question_id=question_id, topic_id=topic.id))
    session.flush()
    return topic


def test_latest_run_is_the_default(client, session, call, run, ada):
    later = make_ranked_run(session, call)
    make_ranked_question(session, call, later, p_top_k=0.5)
    sign_in(client, session, ada)
    assert {row["run"] for row in read(client.get(address(call, "json")), "json")} == {later.id}
    assert {row["run"] for row in read(client.get(address(call, "json", run.id)), "json")} == {run.id}


@pytest.mark.parametrize("number", ["", "x", "0", "-1", "999999", str(2**63), "9" * 5000, "٣"])
def test_run_that_does_not_exist_is_404(client, session, call, run, ada, number):
    sign_in(client, session, ada)
    assert client.get(address(call, "csv", number)).status_code == 404


def test_run_of_another_call_is_404(client, session, call, run):
    other = make_call(session)
    make_ranked_run(session, other)
    sign_in(client, session, make_organizer(session, other))
    for file_format in ("csv", "xlsx", "json"):
        assert client.get(address(other, file_format, run.id)).status_code == 404


def test_unknown_format_is_404(client, session, call, run, ada):
    sign_in(client, session, ada)
    assert client.get(address(call, "pdf")).status_code == 404


def test_without_a_frozen_run_there_is_nothing(client, session, call, ada):
    sign_in(client, session, ada)
    assert client.get(address(call, "csv")).status_code == 404
    assert "No ranking is frozen yet." in client.get(f"/{call.slug}/organize/export").text


PATHS = ("", "/ranked-themes.csv", "/questions.csv")


@pytest.mark.parametrize("path", PATHS)
def test_only_organizers_take_tables_away(client, session, call, run, path):
    door = f"/{call.slug}/organize/export{path}"
    answer = client.get(door)
    assert (answer.status_code, "sign-in" in answer.location) == (303, True)
    sign_in(client, session, make_person(session))
    assert client.get(door).status_code == 403
    sign_in(client, session, make_organizer(session, make_call(session)))
    assert client.get(door).status_code == 403


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize(
    ("path", "cost"), [("/ranked-themes.csv", 4), ("/ranked-themes.xlsx", 4), ("/questions.csv", 3)]
)
def test_a_table_costs_the_same_for_any_length(client, session, call, ada, n, path, cost, count_statements):
    run = make_ranked_run(session, call)
    for _ in range(n):
        make_ranked_question(session, call, run, p_top_k=0.5, people=[make_person(session)])
    sign_in(client, session, ada)
    count_statements.clear()
    answer = client.get(f"/{call.slug}/organize/export{path}")
    assert answer.status_code == 200
    assert answer.data
    assert len(count_statements) == cost


def test_questions_are_all_there(client, session, call, ada):
    asked = [make_question(session, call, theme_key=key) for key in ("space", "life")]
    make_question(session, make_call(session), title="A question of another call?")
    own = make_question(session, call, theme_key="space", title="A question that Ada wrote?")
    make_authors(session, call, own, [ada])
    sign_in(client, session, ada)
    answer = client.get(f"/{call.slug}/organize/export/questions.csv")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["question"] for row in rows] == [f"Q-{question.number}" for question in asked]
    assert [row["state"] for row in rows] == ["in_scope", "in_scope"]


def test_page_lists_every_download(client, session, call, run, ada):
    sign_in(client, session, ada)
    text = client.get(f"/{call.slug}/organize/export").text
    for file_format in ("csv", "xlsx", "json"):
        assert address(call, file_format, run.id) in text
    for path in PATHS[2:]:
        assert f"/{call.slug}/organize/export{path}" in text


def command(app, *arguments):
    return CliRunner().invoke(export, ["ranked-themes", *arguments], obj=None)


@pytest.mark.parametrize("file_format", ["csv", "json"])
def test_command_writes_what_the_page_sends(app, client, session, call, run, ada, tmp_path, file_format):
    file = tmp_path / f"out.{file_format}"
    done = command(app, "--call", call.slug, "--format", file_format, "--output", str(file))
    assert (done.exit_code, done.stderr.strip().endswith(f"3 rows of run {run.id} are in {file}.")) == (0, True)
    sign_in(client, session, ada)
    assert file.read_bytes() == client.get(address(call, file_format)).data
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_command_writes_a_workbook(app, session, call, run, tmp_path):
    file = tmp_path / "out.xlsx"
    done = command(app, "--call", call.slug, "--format", "xlsx", "--run", str(run.id), "--output", str(file))
    assert done.exit_code == 0
    sheet = openpyxl.load_workbook(file).active
    assert [cell.value for cell in sheet[1]] == [column.name for column in RANKED_THEMES]
    assert sheet.max_row == 4


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--call", "nowhere"], 1, "There is no call"),
        (["--run", "999999"], 1, "no such frozen ranking"),
        (["--format", "pdf"], 2, "Invalid value"),
        (["--run", "0"], 2, "Invalid value"),
    ],
)
def test_command_refuses_in_words(app, session, call, run, tmp_path, arguments, code, told):
    given = ["--call", call.slug, "--output", str(tmp_path / "out"), *arguments]
    done = command(app, *given)
    assert (done.exit_code, told in done.output) == (code, True)
    assert list(tmp_path.iterdir()) == []


def test_command_cannot_write_into_nowhere(app, session, call, run, tmp_path):
    done = command(app, "--call", call.slug, "--output", str(tmp_path / "missing" / "out.csv"))
    assert (done.exit_code, "could not be written" in done.output) == (1, True)


def test_help_has_an_example():
    done = CliRunner().invoke(cli, ["export", "ranked-themes", "--help"])
    assert done.exit_code == 0
    assert "solicit export ranked-themes --call deep-space" in done.output
