"""A report as files: each is made once as long as nothing in it changes."""

from functools import lru_cache

from flask import current_app
from markupsafe import Markup

from solicit.reports.queries.report import Report
from solicit.reports.views.report.document import document_of
from solicit.web.documents.blocks import Document
from solicit.web.documents.typeset import as_pdf
from solicit.web.documents.word import DOCX_TYPE, as_docx
from solicit.web.files import files_dir
from solicit.web.pages import direction

TYPES = {"pdf": "application/pdf", "docx": DOCX_TYPE, "html": "text/html; charset=utf-8"}
# A file has about half a megabyte, and many readers ask for the same one.
FILES_KEPT = 12


def report_file(report: Report, file_format: str, *, address: str) -> bytes:
    """The report in the current language; raises MissingFonts for letters that no font of the server has."""
    return _made(document_of(report, address=address), file_format)


@lru_cache(maxsize=FILES_KEPT)
def _made(document: Document, file_format: str) -> bytes:
    made = {"pdf": as_pdf, "docx": as_docx, "html": _as_html}
    return made[file_format](document)


def _as_html(document: Document) -> bytes:
    rules = (files_dir("static") / "css" / "document.css").read_text()
    style = Markup("<style>{}</style>").format(Markup(rules))  # noqa: S704 - our own file
    frame = current_app.jinja_env.get_template("reports/_report_file.html")
    return frame.render(document=document, document_dir=direction(document.language), style=style).encode()
