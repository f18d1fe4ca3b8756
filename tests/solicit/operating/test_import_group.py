"""``solicit import`` takes a file of questions, as it always did, or a package; both say JSON to programs."""

import json

import pytest
from builders import make_call

from solicit.operating.commands import import_commands
from solicit.reports.commands import export
from solicit.web.output import Speaking


@pytest.fixture
def run(app, session):
    root = Speaking("solicit")
    root.add_command(import_commands)
    root.add_command(export)
    return lambda *words: app.test_cli_runner().invoke(root, [*map(str, words)])


def test_file_of_questions_needs_no_further_word(run, session, tmp_path):
    call = make_call(session)
    session.commit()
    file = tmp_path / "questions.csv"
    file.write_text("title\nWhere do rings come from?\n")
    for words in ((file, "--call", call.slug), ("--call", call.slug, file), ("file", file, "--call", call.slug)):
        answer = run("import", *words, "--dry-run")
        assert answer.exit_code == 0 and "1  can be imported" in answer.output


def test_package_is_written_and_what_is_none_is_refused(run, session, tmp_path):
    call = make_call(session)
    session.commit()
    file = tmp_path / "call.zip"
    said = json.loads(run("export", "package", "--call", call.slug, "--output", file, "--json").output)
    assert (said["call"], said["file"], said["bytes"]) == (call.slug, str(file), file.stat().st_size)
    assert file.stat().st_mode & 0o777 == 0o600
    assert run("export", "package", "--call", "none", "--output", file).output == "Error: There is no call “none”.\n"
    (tmp_path / "text").write_text("no zip")
    answer = run("import", "package", tmp_path / "text", "--json")
    assert answer.exit_code == 1
    assert json.loads(answer.output)["error"].startswith("This file is not a whole package")
