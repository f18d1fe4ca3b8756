"""Files that organizers bring: every kind is read alike, and a hostile one is refused before anything of it is used."""

import io
import json
import tracemalloc
import zipfile

import openpyxl
import pytest
from builders_imports import HEADER, ROWS, csv_file, json_file, xlsx_file

from solicit.submissions.queries.columns import guess_mapping
from solicit.submissions.service.reading import UnreadableFile, read_table
from solicit.submissions.service.reading.table import LONGEST_FIELD, MOST_COLUMNS, MOST_ROWS
from solicit.submissions.service.reading.workbook import guard_archive
from solicit.web.csv import guarded, unguarded


def cells(content: bytes) -> list[tuple]:
    return [row.cells for row in read_table(content).rows]


def refusal(content: bytes) -> str:
    with pytest.raises(UnreadableFile) as refused:
        read_table(content)
    return str(refused.value)


def json_lines() -> bytes:
    return "".join(json.dumps(question) + "\n" for question in json.loads(json_file())).encode()


@pytest.mark.parametrize(
    "content",
    [
        csv_file(),
        b"\xef\xbb\xbf" + csv_file(),
        csv_file(delimiter=";"),
        csv_file(delimiter="\t"),
        json_file(),
        b"\n " + json_file(),
        json.dumps({"questions": json.loads(json_file()), "call": "x"}).encode(),
        json.dumps({"format": "solicit questions 1", "rows": json.loads(json_file())}).encode(),
        json_lines(),
        b'{"format": "solicit questions 1", "columns": []}\n' + json_lines(),
        xlsx_file(),
    ],
    ids=["csv", "bom", "semicolon", "tab", "json", "after blanks", "questions", "rows", "lines", "our lines", "xlsx"],
)
def test_the_content_says_what_kind_of_file_it_is(content):
    table = read_table(content)
    assert table.columns == HEADER
    assert [row.cells for row in table.rows] == list(ROWS)


def test_lines_are_those_of_the_file():
    assert [row.line for row in read_table(b'title\n"a\nb"\n\nc\n').rows] == [3, 5]
    assert [row.line for row in read_table(xlsx_file(("title",), [("a",), (None,), ("c",)])).rows] == [2, 4]


def test_row_of_another_width_has_no_cells():
    assert cells(b"title,kind\na\nb,c,d\ne,f\n") == [None, None, ("e", "f")]


def test_numbers_and_dates_of_a_workbook_are_texts():
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["title", "n", "f", "b", None, "  "])
    book.active.append(["a", 7, 2.5, True, None, None])
    book.save(file)
    table = read_table(file.getvalue())
    assert (table.columns[:4], table.rows[0].cells[:4]) == (("title", "n", "f", "b"), ("a", "7", "2.5", "True"))


def test_formulas_are_not_evaluated():
    assert cells(xlsx_file(("title", "kind"), [("=1+1", "plan"), ('=HYPERLINK("http://evil.example")', "plan")])) == [
        ("", "plan"),
        ("", "plan"),
    ]


def test_values_of_json_are_texts():
    assert cells(b'[{"title": "a", "n": 7, "list": ["x", 1], "none": null}, {"n": 2.5, "flag": true}]') == [
        ("a", "7", "x; 1", "", ""),
        ("", "2.5", "", "", "true"),
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "|x", "％", "'=1", "''-1", "'tis", "it's", "", "'", "''"])
def test_guard_of_a_cell_comes_off_again(text):
    assert unguarded(guarded(text)) == text
    assert cells(csv_file(("title", "x"), [(guarded(text), "y")])) == [(text, "y")]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b",,\na,b,c\n", "is empty"),
        (b"title,Title\na,b\n", "Two columns are called “title”"),
        (b'title\n"open\n', "not well-formed CSV at line 2"),
        (b"title\n" + b"x" * (LONGEST_FIELD + 1), "not well-formed CSV at line 2"),
        (b"title\nx\0y\n", "NUL"),
        (b"title\n\xff\n", "byte 7 cannot be read"),
        ("title\nx\n".encode("utf-16"), "not UTF-8"),
        ("title\nx\n".encode("utf-32-be"), "NUL"),
        (b"c," * 1_000_000, "has 1000001 columns"),
        (b"title\n" + b"x\n" * (MOST_ROWS + 1), "more than 10000 rows"),
        (b"title\n" + b"x" * 5_000_000, "larger than 5 MB"),
        (b"[", "not well-formed JSON: line 1"),
        (b'[{"title": "a"}] x', "not well-formed JSON"),
        (b'{"title": "a"}\n\n{"title": ', "not well-formed JSON: line 3"),
        (b'{"title": "a"}\n["b"]', "not a list of questions"),
        (b"{}", "not a list of questions"),
        (b'{"questions": {}}', "not a list of questions"),
        (b'["a"]', "not a list of questions"),
        (b"[]", "is empty"),
        (b"[{}]", "is empty"),
        (b'[{"title": NaN}]', "NaN"),
        (b'[{"title": -Infinity}]', "Infinity"),
        (b'[{"title": "a", "title": "b"}]', "the same name twice"),
        (b'[{"title": "a"}, {"x": {"y": 1, "y": 2}}]', "the same name twice"),
        (b'[{"title": {"a": 1}}]', "another object"),
        (b'[{"title": ' + b"9" * 5_000 + b"}]", "number that is too long"),
        (b'[{"title": "\\ud83d"}]', "half a character"),
        (b'[{"title": "\\u0000"}]', "NUL"),
        (b'[{"\\ud83d": "a"}]', "half a character"),
        (b'[{"title": "' + b"x" * (LONGEST_FIELD + 1) + b'"}]', "field of more than"),
        (b"[" * 9 + b"]" * 9, "nested too deeply"),
        (b"[" * 1_000_000, "nested too deeply"),
        (b'{"a":' * 500_000, "nested too deeply"),
        (b'[{"title": "' + b'\\"' * 2_000_000, "not well-formed JSON"),
        (b"[{" + b",".join(b'"c%d": 1' % n for n in range(MOST_COLUMNS + 1)) + b"}]", "has 101 columns"),
        (b"[{}," + b'{"a": 1},' * (MOST_ROWS + 1) + b"{}]", "more than 10000 rows"),
    ],
)
def test_bad_file_is_refused_in_one_sentence(content, told):
    words = refusal(content)
    assert told in words
    assert len(words) < 200


def test_brackets_in_texts_are_no_depth():
    assert cells(b'[{"title": "[[[[[[[[[[{{{{\\"[[[["}]') == [('[[[[[[[[[[{{{{"[[[[',)]


def archive(files: dict[str, bytes], *, method=zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as zipped:
        for name, content in files.items():
            zipped.writestr(name, content)
    return packed.getvalue()


def workbook_with(replaced: dict[str, bytes]) -> bytes:
    """A real workbook in which some parts are others."""
    with zipfile.ZipFile(io.BytesIO(xlsx_file())) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    return archive(parts | replaced)


@pytest.fixture
def opened(monkeypatch) -> list:
    """The parts of archives that are opened."""
    names = []
    really = zipfile.ZipFile.open

    def remember(self, name, *args, **kwargs):
        names.append(name)
        return really(self, name, *args, **kwargs)

    monkeypatch.setattr(zipfile.ZipFile, "open", remember)
    return names


BOMB = b"0" * 200_000_000


@pytest.mark.parametrize("where", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "docProps/thumbnail.jpeg"])
def test_zip_bomb_is_refused_before_unpacking(where, opened):
    bomb = workbook_with({where: BOMB})
    assert len(bomb) < 1_000_000
    opened.clear()
    tracemalloc.start()
    assert "too large once it is unpacked" in refusal(bomb)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert opened == []
    assert peak < 5_000_000


def test_many_small_bombs_are_refused_together(opened):
    parts = {f"xl/media/{n}": bytes(range(256)) * 2_000 for n in range(120)}
    bomb = workbook_with(parts)
    opened.clear()
    assert "too large once it is unpacked" in refusal(bomb)
    assert opened == []


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"xl/media/inner.zip": archive({"a": b"b"})}, "holds another archive"),
        ({"xl/embeddings/Book.XLSX": b"x"}, "holds another archive"),
        ({f"xl/media/{n}": b"x" for n in range(200)}, "too many parts"),
    ],
)
def test_nested_and_crowded_archives_are_refused_before_unpacking(parts, told, opened):
    content = workbook_with(parts)
    opened.clear()
    assert told in refusal(content)
    assert opened == []


def test_directory_that_lies_does_not_unpack_more():
    honest = workbook_with({"xl/worksheets/sheet1.xml": b"<x>" + b"0" * 90_000 + b"</x>"})
    lying = honest.replace((90_007).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert lying != honest
    guard_archive(lying)
    assert "cannot be read" in refusal(lying)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PK\x03\x04", "not a whole workbook"),
        (xlsx_file()[:-200], "not a whole workbook"),
        (archive({"word/document.xml": b"<x/>"}), "not an .xlsx workbook"),
        (workbook_with({"xl/workbook.xml": b"<"}), "cannot be read"),
        (workbook_with({"xl/workbook.xml": b"<x/>"}), "cannot be read"),
        (workbook_with({"[Content_Types].xml": b""}), "cannot be read"),
    ],
)
def test_broken_workbook_is_refused(content, told):
    assert told in refusal(content)


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (sign, b"&%c;" % (sign - 1) * 10) for sign in b"bcdefghi")
    + b"]>"
)
SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'


@pytest.mark.parametrize("where", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"])
def test_bomb_of_entities_is_refused(where):
    tracemalloc.start()
    assert "cannot be read" in refusal(workbook_with({where: ENTITIES + b"<x>&i;</x>"}))
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_file_outside_is_not_read(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("a secret")
    outside = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY s SYSTEM "file://%s">]><x>&s;</x>' % str(secret).encode()
    assert "cannot be read" in refusal(workbook_with({"xl/worksheets/sheet1.xml": outside}))


def test_sheet_that_claims_to_be_endless_is_read_as_it_is():
    row = b'<row r="1"><c r="A1" t="inlineStr"><is><t>title</t></is></c></row>'
    last = b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>Is it far?</t></is></c></row>'
    table = read_table(workbook_with({"xl/worksheets/sheet1.xml": SHEET % (row + last)}))
    assert [(found.line, found.cells) for found in table.rows] == [(1_048_576, ("Is it far?",))]


def test_sheet_with_far_columns_is_refused():
    row = b'<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>'
    wide = b"".join(b"<c><v>1</v></c>" for _ in range(101))
    assert "has 101 columns" in refusal(workbook_with({"xl/worksheets/sheet1.xml": SHEET % (b"<row>%s</row>" % wide)}))
    assert read_table(workbook_with({"xl/worksheets/sheet1.xml": SHEET % row})).columns == ("1",)


def test_sheet_with_too_many_rows_is_refused():
    rows = b"".join(b"<row><c><v>%d</v></c></row>" % n for n in range(MOST_ROWS + 3))
    assert "more than 10000 rows" in refusal(workbook_with({"xl/worksheets/sheet1.xml": SHEET % rows}))


def test_columns_are_guessed_from_their_names():
    assert guess_mapping(("question", "background", "theme_guess", "tags", "source", "licence", "language")) == {
        "title": 0,
        "goal_overview": 1,
        "theme": 2,
        "source": 4,
        "licence": 5,
        "language": 6,
    }
    assert guess_mapping(("question", "title", "ID")) == {"title": 1, "external_id": 2}
    assert guess_mapping(("Scientific significance", " TITLE ", "Target body")) == {
        "title": 1,
        "significance": 0,
        "target_body": 2,
    }
    assert guess_mapping(("", "x")) == {}
