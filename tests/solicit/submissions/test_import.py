"""`solicit import`: row by row, or not at all."""

import csv
from pathlib import Path

import pytest
import sqlalchemy as sa
from builders import make_call

from solicit.audit.models import AuditEvent
from solicit.calls.states import CallState, Kind
from solicit.mail.models import OutboxMail
from solicit.questions.models import Question, QuestionSource
from solicit.submissions.commands import import_questions
from solicit.submissions.models import Authorship, Submission, SubmissionVersion
from solicit.submissions.queries.columns import IMPORT_COLUMNS
from solicit.submissions.states import Source

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "space_questions.csv"
COLLECTION = "question,background,theme_guess,tags,source,licence\n"


@pytest.fixture
def call(session):
    call = make_call(session)
    session.commit()
    return call


@pytest.fixture
def run(app, session, call, tmp_path):
    def run(content, *options, slug=call.slug):
        file = tmp_path / "questions.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return app.test_cli_runner().invoke(import_questions, [str(file), "--call", slug, *options])

    return run


def n_rows(session, model) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(model))


def counts(output) -> dict[str, int]:
    """The summary: words -> number."""
    pairs = (line.strip().split(None, 1) for line in output.splitlines() if line[:6].strip().isdigit())
    return {words: int(n) for n, words in pairs}


def test_collection_header(session, run, call):
    answer = run(COLLECTION + 'Is it dust?,"Some, background",unexplored space,a;b,A report,CC0\nIs it ice?,,,,,\n')
    assert answer.exit_code == 0
    assert counts(answer.output) == {"imported": 2, "of them incomplete": 2}
    dust, ice = session.scalars(sa.select(Submission).order_by(Submission.id)).all()
    assert (dust.title, dust.goal_overview, dust.language) == ("Is it dust?", "Some, background", "en")
    assert (dust.theme_id, ice.theme_id) == (call.theme("space").id, None)
    assert (dust.origin, dust.source, dust.submitter_id) == ("A report · CC0", Source.IMPORT, None)
    assert [n_rows(session, model) for model in (Question, QuestionSource, SubmissionVersion)] == [2, 2, 2]
    assert (n_rows(session, Authorship), n_rows(session, OutboxMail)) == (0, 0)
    assert session.scalars(sa.select(AuditEvent.act).where(AuditEvent.subject == "submission")).all() == ["import"] * 2


def test_own_header_in_any_order(session, run):
    row = "plan,Go and see,fr,Life,Why we must,What we want,How we go,Us\n"
    answer = run("kind,title,language,theme,significance,goal_overview,approach,source\n" + row)
    assert answer.exit_code == 0
    assert counts(answer.output) == {"imported": 1, "of them incomplete": 0}
    plan = session.scalars(sa.select(Submission)).one()
    assert (plan.kind, plan.language, plan.approach, plan.origin) == (Kind.PLAN, "fr", "How we go", "Us")
    assert session.scalars(sa.select(Question.kind)).one() is Kind.PLAN


def test_bom_and_windows_line_ends(session, run):
    answer = run("\ufefftitle\r\nIs it dust?\r\n\r\nIs it ice?\r\n")
    assert counts(answer.output)["imported"] == 2


def test_second_import_changes_nothing(session, run):
    content = "title\nIs it dust?\nIs it ice?\n"
    run(content)
    answer = run(content)
    assert answer.exit_code == 0
    assert counts(answer.output) == {
        "imported": 0,
        "of them incomplete": 0,
        "left out: A question with this title is in the call already.": 2,
    }
    assert n_rows(session, Submission) == 2


def test_dry_run_changes_nothing(session, run):
    answer = run("title\nIs it dust?\n", "--dry-run")
    assert answer.exit_code == 0
    assert counts(answer.output)["can be imported"] == 1
    assert n_rows(session, Submission) == 0


def test_rows_are_refused_one_by_one(session, run, tmp_path):
    rows = [
        "title,theme,kind,language",
        "Is it dust?,,,",
        "  IS it   ｄｕｓｔ? ,,,",
        ",,,",
        "x" * 251 + ",,,",
        "Is it a theme?,Warp drives,,",
        "Is it a kind?,,letter,",
        "Is it a language?,,,tlh",
        "Is it a bell \x07?,,,",
        "Is it short?,",
        "=HYPERLINK(1),,,tlh",
        "Is it ice?,STATION,Question,ZH",
    ]
    report = tmp_path / "refused.csv"
    answer = run("\n".join(rows) + "\n", "--report", str(report))
    assert answer.exit_code == 1
    assert counts(answer.output) == {
        "imported": 2,
        "of them incomplete": 2,
        "left out: title: It has no title.": 1,
        "left out: title: It is too long: at most 250 characters.": 1,
        "left out: language: We do not know this language.": 2,
        "left out: It has another number of columns than the header.": 1,
        "left out: title: It holds control characters.": 1,
        "left out: title: It is twice in the file.": 1,
        "left out: kind: We do not know this kind: use question or plan.": 1,
        "left out: theme: This call does not have this theme.": 1,
    }
    with report.open(newline="", encoding="utf-8") as file:
        refused = list(csv.DictReader(file))
    assert [int(row["line"]) for row in refused] == [3, 4, 5, 6, 7, 8, 9, 10, 11]
    assert refused[-1]["title"] == "'=HYPERLINK(1)"
    assert n_rows(session, Submission) == 2


def test_refused_rows_are_printed_without_a_report(run):
    answer = run("title,kind\nIs it a kind?,letter\n")
    assert "2,kind: We do not know this kind: use question or plan.,Is it a kind?" in answer.output


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty"),
        (b"name,text\na,b\n", "No column is called title"),
        (b"title,Title\na,b\n", "Two columns are called “title”"),
        (b"title\nIs it \xff dust?\n", "not UTF-8"),
        ("title\nIs it dust?\n".encode("utf-16"), "not UTF-8"),
        (b"title\nIs it \x00 dust?\n", "NUL"),
        (b"title," * 1_000_000 + b"\n", "The file has 1000001 columns; at most 100"),
        (b'title\n"Is it open?\n', "not well-formed CSV"),
        (b"title\n" + b"x" * 100_001 + b"\n", "not well-formed CSV at line 2"),
        (b"PK\x03\x04\xf0\x9f", "not a whole workbook"),
    ],
)
def test_whole_file_is_refused_with_a_sentence(session, run, content, reason):
    answer = run(content)
    assert answer.exit_code == 2
    assert reason in answer.stderr
    assert answer.stderr.strip().endswith("Nothing was imported.")
    assert len(answer.stderr) < 500
    assert n_rows(session, Submission) == 0


def test_unknown_and_published_calls_are_refused(session, run):
    assert "There is no call" in run("title\nIs it dust?\n", slug="nowhere").stderr
    over = make_call(session, state=CallState.PUBLISHED)
    session.commit()
    answer = run("title\nIs it dust?\n", slug=over.slug)
    assert (answer.exit_code, n_rows(session, Submission)) == (2, 0)
    assert "published" in answer.stderr


def test_help_documents_headers_and_exit_codes(app):
    text = " ".join(app.test_cli_runner().invoke(import_questions, ["--help"]).output.split())
    assert [column.name for column in IMPORT_COLUMNS if column.name not in text] == []
    assert "question,background,theme_guess,tags,source,licence,language" in text
    assert "Exit code: 0" in text
    assert "solicit import questions.csv --call deep-space" in text


def test_public_collection_is_imported_twice_without_a_double(session, run):
    if not SHARED.is_file():
        pytest.skip("the public collection is not beside the repository")
    first = run(SHARED.read_bytes())
    assert first.exit_code == 1
    assert counts(first.output)["imported"] == 321
    assert counts(first.output)["left out: title: It is too long: at most 250 characters."] == 2
    themes = session.execute(sa.select(Question.theme_id, sa.func.count()).group_by(Question.theme_id)).all()
    assert len(themes) == 5
    second = run(SHARED.read_bytes())
    assert counts(second.output)["imported"] == 0
    assert n_rows(session, Question) == 321
