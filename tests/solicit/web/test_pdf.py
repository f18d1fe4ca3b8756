"""Documents: the texts of people are shown and never run, and equal content gives equal bytes."""

import io

import pytest
from pypdf import PdfReader

from solicit.web import pdf as documents
from solicit.web.pdf import pdf

HOSTILE = ('#read("/etc/passwd")', "#import", "$x^2$", "= Heading", "// gone", '\\"', "<label>", "@ref", "*bold*")


@pytest.fixture
def template(tmp_path, monkeypatch):
    """A document that shows one text."""
    folder = tmp_path / "documents"
    folder.mkdir()
    shared = documents.files_dir("templates") / "documents" / "_page.typ"
    (folder / "_page.typ").write_text(shared.read_text())
    (folder / "plain.typ").write_text('#import "_page.typ": data, page-of\n#show: page-of\n#data.text\n')
    monkeypatch.setattr(documents, "files_dir", lambda name: tmp_path)
    return "plain"


def read(document: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages)


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_shown_as_it_is(template, text):
    assert text in read(pdf(template, {"title": "Title", "text": text}, language="en"))


def test_equal_content_gives_equal_bytes(template):
    one, other = (pdf(template, {"title": "Title", "text": "Text"}, language="ar") for _ in range(2))
    assert one == other


def test_document_says_what_it_is_and_not_who_made_it(template):
    reader = PdfReader(io.BytesIO(pdf(template, {"title": "A title", "text": ""}, language="en")))
    assert reader.metadata.title == "A title"
    assert (reader.metadata.author, reader.metadata.creation_date, list(reader.attachments)) == (None, None, [])
