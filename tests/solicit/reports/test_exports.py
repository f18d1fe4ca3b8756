"""Downloads: read back and compared with the database."""

import csv
import io
import json
from datetime import timedelta

import openpyxl
import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_invitations import make_authors, make_question, make_ranked_question, make_ranked_run, make_selection
from builders_panels import make_round
from builders_topics import make_run
from click.testing import CliRunner

from solicit.__main__ import cli
from solicit.access.models import SignIn
from solicit.access.service import open_token
from solicit.audit.models import AuditEvent
from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.embeddings.models import EmbeddingModel
from solicit.rankings.models import RankingRow
from solicit.rankings.states import Evidence
from solicit.reports.commands import export
from solicit.reports.queries.exports import TABLES, Door
from solicit.reports.tables import FORMATS
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
    if file_format == "jsonl":
        return [json.loads(line) for line in answer.data.decode().split("\n")[1:-1]]
    if file_format == "csv":
        return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    names, *rows = sheet.iter_rows(values_only=True)
    return [{name: "" if value is None else value for name, value in zip(names, row, strict=True)} for row in rows]


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "jsonl"])
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
    about, *rows = map(json.loads, client.get(address(call, "jsonl")).data.decode().split("\n")[:-1])
    assert (len(rows), about["run"]["n_rows"], about["run"]["n_hidden"]) == (3, 3, 1)


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "jsonl"])
def test_nobody_is_named(client, session, call, run, ada, file_format):
    sign_in(client, session, ada)
    cells = [str(cell) for row in read(client.get(address(call, file_format)), file_format) for cell in row.values()]
    assert not [cell for cell in cells if "Zimmer" in cell or "Waves" in cell or "@example" in cell]


def test_csv_guards_and_json_keeps(client, session, call, run, ada):
    sign_in(client, session, ada)
    first = read(client.get(address(call, "csv")), "csv")[0]
    assert (first["title"], first["approach"]) == ("'" + HOSTILE, "'-1")
    first = read(client.get(address(call, "jsonl")), "jsonl")[0]
    assert (first["title"], first["approach"]) == (HOSTILE, "-1")


def test_json_says_how_to_repeat_the_run(client, session, call, run, ada):
    sign_in(client, session, ada)
    about, first, *_ = map(json.loads, client.get(address(call, "jsonl")).data.decode().split("\n")[:-1])
    assert about["run"]["result_digest"] == run.result_digest.hex()
    assert about["run"]["input_digest"] == run.input_digest.hex()
    assert (about["run"]["seed"], about["run"]["versions"]) == (run.seed, run.versions)
    assert [column["name"] for column in about["columns"]] == list(first)
    assert all(column["meaning"] for column in about["columns"])


def test_topic_label_is_its_name_or_its_words(client, session, call, run, ada):
    question_id = session.scalars(sa.select(RankingRow.question_id).where(RankingRow.title == HOSTILE)).one()
    topic = make_topic(session, call, question_id)
    sign_in(client, session, ada)
    assert read(client.get(address(call, "jsonl")), "jsonl")[0]["topic"] == "dust, moon"
    topic.name = "Lunar dust"
    session.flush()
    assert read(client.get(address(call, "jsonl")), "jsonl")[0]["topic"] == "Lunar dust"


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
    assert {row["run"] for row in read(client.get(address(call, "jsonl")), "jsonl")} == {later.id}
    assert {row["run"] for row in read(client.get(address(call, "jsonl", run.id)), "jsonl")} == {run.id}


@pytest.mark.parametrize("number", ["", "x", "0", "-1", "999999", str(2**63), "9" * 5000, "٣"])
def test_run_that_does_not_exist_is_404(client, session, call, run, ada, number):
    sign_in(client, session, ada)
    assert client.get(address(call, "csv", number)).status_code == 404


def test_run_of_another_call_is_404(client, session, call, run):
    other = make_call(session)
    make_ranked_run(session, other)
    sign_in(client, session, make_organizer(session, other))
    for file_format in ("csv", "xlsx", "jsonl"):
        assert client.get(address(other, file_format, run.id)).status_code == 404


def test_unknown_format_is_404(client, session, call, run, ada):
    sign_in(client, session, ada)
    assert client.get(address(call, "pdf")).status_code == 404


def test_without_a_frozen_run_there_is_nothing(client, session, call, ada):
    sign_in(client, session, ada)
    assert client.get(address(call, "csv")).status_code == 404
    assert client.get(f"/{call.slug}/organize/export").text.count("None yet.") == 2


PATHS = ("", "/ranked-themes.csv", "/questions.csv", "/questions-dictionary.csv")


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
    ("path", "cost"),
    [("", 4), ("?count=rows", 5), ("/ranked-themes.csv", 4), ("/ranked-themes.xlsx", 4), ("/questions.csv", 3)],
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


def test_page_lists_every_file(client, session, call, run, ada):
    sign_in(client, session, ada)
    text = client.get(f"/{call.slug}/organize/export?q=state:in_scope").text
    for name, table in TABLES.items():
        assert f"/{call.slug}/organize/export/{name}-dictionary.csv?q=state:in_scope" in text
        for file_format in FORMATS:
            more = f"q=state:in_scope&amp;run={run.id}" if name == "ranked-themes" else "q=state:in_scope"
            is_there = f"/{call.slug}/organize/export/{name}.{file_format}?{more}" in text
            assert is_there == (table.door is not Door.CANDIDATES)


def test_a_search_chooses_rows(client, session, call, ada):
    make_question(session, call, title="Why ice?")
    make_question(session, call, title="Why dust?")
    sign_in(client, session, ada)
    answer = client.get(f"/{call.slug}/organize/export/questions.jsonl?q=ice")
    about, *rows = map(json.loads, answer.data.decode().split("\n")[:-1])
    assert (about["filter"], [row["title"] for row in rows]) == ({"search": "ice"}, ["Why ice?"])


def test_a_search_that_cannot_be_read_gives_no_file(client, session, call, ada):
    sign_in(client, session, ada)
    answer = client.get(f"/{call.slug}/organize/export/questions.csv?q=state:nonsense")
    assert (answer.status_code, "Content-Disposition" in answer.headers) == (422, False)
    page = client.get(f"/{call.slug}/organize/export?q=state:nonsense").text
    assert "This search cannot be read" in page
    assert 'value="state:nonsense"' in page


def test_an_error_in_the_middle_gives_no_file(client, session, call, ada):
    make_question(session, call)
    make_question(session, call, kind=Kind.PLAN, plan={"readiness": "not a number", "missions": []})
    sign_in(client, session, ada)
    for file_format in FORMATS:
        with session.begin_nested():
            answer = client.get(f"/{call.slug}/organize/export/questions.{file_format}")
        assert (answer.status_code, "Content-Disposition" in answer.headers) == (500, False)


def noted(session) -> list[tuple]:
    read = sa.select(AuditEvent.subject, AuditEvent.subject_id, AuditEvent.details).where(
        AuditEvent.act == "read_scores"
    )
    return [tuple(row) for row in session.execute(read.order_by(AuditEvent.id))]


def test_scores_are_taken_by_a_button_and_noted(client, session, call, ada):
    round_id = make_round(session, call, state="closed")
    make_round(session, call, state="open")
    sign_in(client, session, ada)
    door = f"/{call.slug}/organize/export/reviews.csv"
    answer = client.get(door)
    assert (answer.status_code, answer.location) == (303, f"/{call.slug}/organize/export#reviews")
    assert noted(session) == []
    answer = client.post(door)
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert noted(session) == [("round", round_id, {"table": "reviews"})]
    assert client.post(f"{door}?q=state:nonsense").status_code == 422
    assert len(noted(session)) == 1


def test_names_want_a_fresh_proof_and_are_noted(client, session, call, ada):
    sign_in(client, session, ada)
    naming = [name for name, table in TABLES.items() if table.door not in (Door.OPEN, Door.CANDIDATES)]
    assert naming == ["submissions", "authors", "reviews", "reviews-wide", "comparisons", "ballots", "discussion"]
    for name in naming:
        door = f"/{call.slug}/organize/export/{name}.csv"
        session.execute(sa.update(SignIn).values(proved_at=utcnow() - timedelta(hours=1)))
        assert client.get(door).location == f"/{call.slug}/organize/export#{name}"
        assert "/prove" in client.post(door).location
        session.execute(sa.update(SignIn).values(proved_at=utcnow()))
        assert client.post(door).mimetype == "text/csv"
    assert taken(session) == ["submissions", "authors", "discussion"]


def taken(session) -> list[str]:
    read = sa.select(AuditEvent.details["table"].astext).where(AuditEvent.act == "take table")
    return list(session.scalars(read.order_by(AuditEvent.id)))


def test_candidates_are_taken_alike_on_every_page(client, session, call, run, ada):
    person = make_person(session)
    make_ranked_question(session, call, run, p_top_k=0.9, people=[person])
    number = make_selection(session, call, run, proposer=ada)
    base = f"/{call.slug}/organize"
    doors = [
        f"{base}/invite/candidates.csv",
        f"{base}/export/candidates.csv?selection={number}",
        f"{base}/export/comparison.csv?selection={number}",
        f"{base}/invite/letters.csv",
        f"{base}/invite/spending.csv",
    ]
    sign_in(client, session, ada)
    session.execute(sa.update(SignIn).values(proved_at=utcnow() - timedelta(hours=1)))
    assert [client.get(door).status_code for door in doors] == [405] * 5
    assert all("/prove" in client.post(door).location for door in doors)
    assert taken(session) == []
    session.execute(sa.update(SignIn).values(proved_at=utcnow()))
    named = [person.full_name in client.post(door).text for door in doors]
    assert named == [True, True, True, False, False]  # nobody is invited yet
    assert taken(session) == ["candidates", "candidates", "comparison", "letters", "spending"]
    codes = [client.post(doors[n % 2]).status_code for n in range(9)]
    assert codes == [200] * 8 + [429]


def test_a_program_that_takes_names_is_noted_and_limited_as_its_person(app, client, session, call, ada):
    program = app.test_client(use_cookies=False)
    _id, token = open_token(
        session, person_id=ada.id, name="x", scopes=["write:exports"], call_id=None, days=7, now=utcnow()
    )
    door = f"/api/v1/calls/{call.slug}/exports/authors.csv"
    for _ in range(6):
        assert program.post(door, headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert taken(session) == ["authors"] * 6
    sign_in(client, session, ada)
    codes = [client.post(f"/{call.slug}/organize/export/authors.jsonl").status_code for _ in range(5)]
    assert codes == [200] * 4 + [429]
    assert program.post(door, headers={"Authorization": f"Bearer {token}"}).status_code == 429


def test_one_table_may_be_taken_ten_times_an_hour(client, session, call, ada):
    sign_in(client, session, ada)
    door = f"/{call.slug}/organize/export"
    codes = [client.get(f"{door}/rankings.csv").status_code for _ in range(11)]
    assert codes == [200] * 10 + [429]
    assert client.get(f"{door}/rankings.jsonl").status_code == 429
    assert client.get(f"{door}/topics.csv").status_code == 200


def test_dictionary_says_what_the_file_is(client, session, call, ada):
    sign_in(client, session, ada)
    text = client.get(f"/{call.slug}/organize/export/topics-dictionary.csv?q=ice").data.decode("utf-8-sig")
    lines = text.splitlines()
    assert lines[:2] == ['"part","name","kind","meaning"', '"file","format","text","solicit topics 1"']
    assert '"file","filter.search","text","ice"' in lines
    assert lines[-1].startswith('"column","came_later","text"')


def command(app, *arguments):
    return CliRunner().invoke(export, arguments, obj=None)


@pytest.mark.parametrize("file_format", FORMATS)
def test_command_writes_what_the_page_sends(app, client, session, call, run, ada, tmp_path, file_format):
    file = tmp_path / f"out.{file_format}"
    done = command(app, "ranked-themes", "--call", call.slug, "--format", file_format, "--output", str(file))
    assert (done.exit_code, done.stderr) == (0, f"3 rows of ranked-themes are in {file}.\n")
    sign_in(client, session, ada)
    assert file.read_bytes() == client.get(address(call, file_format)).data
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_command_chooses_rows(app, session, call, tmp_path):
    make_question(session, call, title="Why ice?")
    make_question(session, call, title="Why dust?")
    file = tmp_path / "ice.csv"
    done = command(app, "questions", "--call", call.slug, "--filter", "ice", "--output", str(file))
    assert (done.exit_code, done.stderr) == (0, f"1 rows of questions are in {file}.\n")


def test_command_notes_that_scores_were_taken(app, session, call, tmp_path):
    round_id = make_round(session, call, state="closed")
    file = tmp_path / "ballots.csv"
    assert command(app, "ballots", "--call", call.slug, "--output", str(file)).exit_code == 0
    assert noted(session) == [("round", round_id, {"table": "ballots"})]


def test_command_writes_candidates(app, session, call, run, ada, tmp_path):
    make_ranked_question(session, call, run, p_top_k=0.5, people=[make_person(session, full_name="Zoe")])
    number = make_selection(session, call, run, proposer=ada)
    file = tmp_path / "candidates.csv"
    done = command(app, "candidates", "--call", call.slug, "--selection", str(number), "--output", str(file))
    assert done.exit_code == 0
    assert "Zoe" in file.read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["ranked-themes", "--call", "nowhere"], 1, "There is no call"),
        (["ranked-themes", "--run", "999999"], 1, "There is no such run in this call."),
        (["candidates"], 1, "There is no such selection in this call."),
        (["ranked-themes", "--format", "pdf"], 2, "Invalid value"),
        (["ranked-themes", "--run", "0"], 2, "Invalid value"),
        (["questions", "--filter", "state:nonsense"], 2, "Invalid value for --filter"),
    ],
)
def test_command_refuses_in_words(app, session, call, run, tmp_path, arguments, code, told):
    name, *given = arguments
    done = command(app, name, "--call", call.slug, "--output", str(tmp_path / "out"), *given)
    assert (done.exit_code, told in done.output) == (code, True)
    assert list(tmp_path.iterdir()) == []


def test_command_cannot_write_into_nowhere(app, session, call, run, tmp_path):
    done = command(app, "questions", "--call", call.slug, "--output", str(tmp_path / "missing" / "out.csv"))
    assert (done.exit_code, "could not be written" in done.output) == (1, True)


def test_help_names_the_columns_and_has_an_example():
    done = CliRunner().invoke(cli, ["export", "ranked-themes", "--help"])
    assert done.exit_code == 0
    assert "solicit export ranked-themes --call deep-space" in done.output
    assert "place_first: First place of the band" in done.output
