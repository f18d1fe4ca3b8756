"""Documents as PDF and DOCX: the same bytes, neutral, accessible, and the texts of people stay texts."""

import io
import shutil
import subprocess
import time
import zipfile
from datetime import date
from xml.etree import ElementTree

import docx
import pytest
from pypdf import PdfReader

from solicit.web.charts import bar_chart, interval_row
from solicit.web.documents.blocks import (
    Chart,
    Column,
    Cover,
    Document,
    Facts,
    Heading,
    PageBreak,
    Paragraph,
    Picture,
    Points,
    Table,
    own,
    words,
)
from solicit.web.documents.typeset import as_pdf
from solicit.web.documents.word import as_docx
from solicit.web.drawings import COLUMNS, INTERVAL, columns_svg, interval_svg

HOSTILE = '=1+1 <b>&amp; #read("/etc/passwd") $x$ {PAGE} \x0bend'


def document(language="en", said=HOSTILE) -> Document:
    interval = Picture(interval_svg(interval_row(2.0, 3.0, 4.5, 1, 5)), "3.00, 90% interval 2.00 to 4.50", *INTERVAL)
    drawn = bar_chart(["1 May", "2 May"], [3, 1], [None, 2.0])
    table = Table("Ranked", (Column("Question"), Column("Interval", points=90)), ((words(own(said, "en")), interval),))
    numbers = Table("Per day", (Column("Day"), Column("n", points=40, is_number=True)), ((words("1 May"), words("3")),))
    return Document(
        title="A report",
        language=language,
        dated=date(2026, 11, 26),
        cover=Cover(
            sender=words(own("The call")),
            kicker="Report",
            title=words("Ranked themes"),
            lines=(words("One line"),),
            mark="Not published",
            facts=Facts((("Digest", words("abc")),)),
        ),
        contents_title="Contents",
        page_words="Page {page} of {pages}",
        table_words="Show as a table",
        blocks=(
            Heading(1, words("Summary"), "summary"),
            Paragraph(words("Plain. ", own("من أين جاء الماء؟", "ar"), " ", own("水从哪里来?", "zh"))),
            Paragraph(words("Careful."), look="note"),
            PageBreak(),
            Heading(2, words("Ranked questions"), "ranked"),
            table,
            Points((words("One"), words("Two"))),
            Chart("Pace", "per day", Picture(columns_svg(drawn, [None, 2.0]), "A peak", *COLUMNS), ("4", "0"),
                  ("1 May", "2 May"), numbers),
        ),
    )  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ar"])
def test_pdf_is_tagged_has_bookmarks_and_shows_texts_as_they_are(language):
    made = as_pdf(document(language))
    reader = PdfReader(io.BytesIO(made))
    root = reader.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"], reader.metadata.title) == (language, True, "A report")
    assert (reader.metadata.author, reader.metadata.creation_date) == (None, None)
    text = "".join(page.extract_text() for page in reader.pages)
    assert '#read("/etc/passwd") $x$ {PAGE}' in text
    assert [str(entry.title) for entry in reader.outline if not isinstance(entry, list)] == ["Summary"]
    assert as_pdf(document(language)) == made


def test_docx_has_headings_words_for_pictures_and_no_field_from_a_text():
    file = docx.Document(io.BytesIO(as_docx(document())))
    headings = [(p.style.name, p.text) for p in file.paragraphs if p.style.name.startswith("Heading")]
    assert headings == [("Heading 1", "Summary"), ("Heading 2", "Ranked questions")]
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    assert '=1+1 <b>&amp; #read("/etc/passwd") $x$ {PAGE}  end' in cells
    properties = file.core_properties
    assert (properties.title, properties.author, properties.last_modified_by) == ("A report", "", "")
    body = ElementTree.fromstring(file.element.xml)
    name = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
    assert [each.get("descr") for each in body.iter(name)] == ["3.00, 90% interval 2.00 to 4.50", "A peak"]
    assert "instrText" not in file.element.xml


def test_docx_in_arabic_runs_from_right_to_left():
    file = docx.Document(io.BytesIO(as_docx(document("ar"))))
    assert "<w:bidi/>" in file.paragraphs[0]._p.xml
    assert all("<w:bidiVisual/>" in table._tbl.xml for table in file.tables)


def test_equal_content_gives_equal_docx_bytes_at_any_time():
    made = as_docx(document())
    time.sleep(2.1)  # zip files count in steps of two seconds
    assert as_docx(document()) == made
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        assert {member.date_time for member in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.full
@pytest.mark.parametrize("language", ["en", "ar"])
def test_docx_opens_in_libreoffice(tmp_path, language):
    office = shutil.which("soffice") or pytest.skip("LibreOffice is not installed: apt-get install libreoffice-writer")
    (tmp_path / "report.docx").write_bytes(as_docx(document(language)))
    command = [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    done = subprocess.run([*command, "report.docx"], cwd=tmp_path, capture_output=True, text=True, timeout=180)
    # That it has no Java is no fault of the file.
    complaints = [line for line in done.stderr.splitlines() if "javaldx" not in line]
    assert (done.returncode, complaints) == (0, [])
    text = "".join(page.extract_text() for page in PdfReader(tmp_path / "report.pdf").pages)
    assert "Careful." in text and "{PAGE}" in text
