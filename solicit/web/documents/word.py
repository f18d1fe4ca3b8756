"""A document as DOCX: real headings, tables and pictures with words, and the same bytes for the same content.

Texts of people are text: no field, no link, and no character that XML forbids.
"""

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from functools import singledispatchmethod

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Emu, Length, Mm, Pt, RGBColor
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as TextParagraph

from solicit.web.documents import word_parts as parts
from solicit.web.documents.blocks import (
    Block,
    Cell,
    Chart,
    Document,
    Facts,
    Heading,
    PageBreak,
    Paragraph,
    Picture,
    Points,
    Run,
    Table,
    Words,
    words,
)
from solicit.web.documents.typeset import as_pngs
from solicit.web.text import without_controls

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# Zip files know no earlier moment.
NO_TIME = (1980, 1, 1, 0, 0, 0)
TEXT_WIDTH, MARGIN = Mm(174), Mm(18)
SMALL, MUTED, PALE = Pt(8.5), RGBColor(0x50, 0x50, 0x50), "EEF1F6"


def as_docx(document: Document) -> bytes:
    """Raises MissingFonts if a chart has letters that no font of this machine has."""
    drawn = tuple(_drawings(document))
    pngs = as_pngs(drawn, language=document.language)
    writer = _Writer(document, dict(zip(map(id, drawn), pngs, strict=True)))
    file = io.BytesIO()
    writer.written().save(file)
    return _without_times(file.getvalue())


def _drawings(document: Document) -> Iterator[Picture | Chart]:
    for block in document.blocks:
        if isinstance(block, Chart):
            yield block
        elif isinstance(block, Table):
            yield from (cell for row in block.rows for cell in row if isinstance(cell, Picture))


def _without_times(packed: bytes) -> bytes:
    """The same parts in the same order, without the moment in which each was written."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as given, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for member in given.infolist():
            made.writestr(zipfile.ZipInfo(member.filename, NO_TIME), given.read(member), zipfile.ZIP_DEFLATED)
    return file.getvalue()


class _Writer:
    """Writes the blocks of one document; ``pngs`` are its pictures by the identity of what they show."""

    def __init__(self, document: Document, pngs: dict[int, bytes]) -> None:
        self.document, self.language, self.pngs = document, document.language, pngs
        self.file = docx.Document()
        self.begins_page = False

    def written(self):
        parts.set_language(self.file, self.language)
        self._properties()
        self._page()
        self._cover()
        self._contents()
        for block in self.document.blocks:
            self._add(block)
        return self.file

    def _properties(self) -> None:
        moment = datetime.combine(self.document.dated, time(), UTC).replace(tzinfo=None)
        core = self.file.core_properties
        core.title, core.language = without_controls(self.document.title), self.language
        core.author = core.last_modified_by = core.comments = core.keywords = ""
        core.created = core.modified = moment
        core.revision = 1

    def _page(self) -> None:
        section = self.file.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = MARGIN
        section.top_margin = section.bottom_margin = Mm(20)
        section.different_first_page_header_footer = True
        header = self._words(section.header.paragraphs[0], self.document.cover.sender)
        for run in header.runs:
            run.font.size, run.font.color.rgb = SMALL, MUTED
        footer = section.footer.paragraphs[0]
        footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
        parts.turn_paragraph(footer, self.language)
        for piece in self.document.page_words.replace("{", "\0{").replace("}", "}\0").split("\0"):
            if piece in ("{page}", "{pages}"):
                parts.add_field(footer, "PAGE" if piece == "{page}" else "NUMPAGES", "1")
            elif piece:
                footer.add_run(piece)

    def _cover(self) -> None:
        cover = self.document.cover
        self._paragraph(cover.sender, style="Subtitle")
        self._paragraph(cover.title, style="Title")
        for said in cover.lines:
            self._paragraph(said)
        if cover.mark:
            self._note(words(cover.mark))
        self._add(cover.facts)
        self._add(PageBreak())

    def _contents(self) -> None:
        """The chapters by name; a word processor adds the pages when it is asked to update."""
        self._paragraph(words(self.document.contents_title), style="TOC Heading")
        for heading in self.document.headings(2):
            paragraph = self._paragraph(heading.words)
            paragraph.paragraph_format.left_indent = Pt(14 * (heading.level - 1))
            paragraph.paragraph_format.space_after = Pt(1)
        self._add(PageBreak())

    @singledispatchmethod
    def _add(self, block: Block) -> None:
        raise TypeError(f"No way to write a {type(block).__name__}.")

    @_add.register
    def _(self, block: Heading) -> None:
        self._words(self.file.add_heading(level=block.level), block.words)

    @_add.register
    def _(self, block: Paragraph) -> None:
        if block.look == "note":
            self._note(block.words)
            return
        paragraph = self._paragraph(block.words)
        if block.look == "small":
            for run in paragraph.runs:
                run.font.size, run.font.color.rgb = SMALL, MUTED

    @_add.register
    def _(self, block: Points) -> None:
        for said in block.points:
            self._paragraph(said, style="List Bullet")

    @_add.register
    def _(self, block: Facts) -> None:
        table = self.file.add_table(0, 2)
        for name, value in block.pairs:
            row = table.add_row()
            self._words(row.cells[0].paragraphs[0], words(name))
            self._words(row.cells[1].paragraphs[0], value)
        self._finish(table, (Mm(42), TEXT_WIDTH - Mm(42)), "")

    @_add.register
    def _(self, block: Table) -> None:
        table = self.file.add_table(1, len(block.columns), style="Table Grid")
        for cell, column in zip(table.rows[0].cells, block.columns, strict=True):
            self._cell(cell.paragraphs[0], words(Run(column.name, is_strong=True)))
            parts.shade(cell, PALE)
        parts.repeat_row(table.rows[0])
        for cells in block.rows:
            row = table.add_row()
            parts.keep_row(row)
            for place, (cell, said) in enumerate(zip(row.cells, cells, strict=True)):
                self._cell(cell.paragraphs[0], said)
                if block.columns[place].is_number:
                    cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
        self._finish(table, _widths(block), block.title)

    @_add.register
    def _(self, block: Chart) -> None:
        self._paragraph(words(Run(block.title, is_strong=True)))
        if block.subtitle:
            self._add(Paragraph(words(block.subtitle), look="small"))
        self._picture(self.file.add_paragraph(), block, block.picture.alt, TEXT_WIDTH)
        self._add(block.table)

    @_add.register
    def _(self, block: PageBreak) -> None:
        self.begins_page = True

    def _note(self, said: Words) -> None:
        """Something that must not be passed over: a box of one cell."""
        table = self.file.add_table(1, 1, style="Table Grid")
        parts.shade(table.rows[0].cells[0], PALE)
        self._words(table.rows[0].cells[0].paragraphs[0], said)
        self._finish(table, (TEXT_WIDTH,), "")

    def _paragraph(self, said: Words, style: str | None = None) -> TextParagraph:
        return self._words(self.file.add_paragraph(style=style), said)

    def _words(self, paragraph: TextParagraph, said: Words) -> TextParagraph:
        """Whatever begins a page says so itself, so that no page stays empty."""
        if self.begins_page and paragraph._p.getparent().tag == parts.BODY:
            paragraph.paragraph_format.page_break_before = True
            self.begins_page = False
        return parts.add_words(paragraph, said, self.language)

    def _cell(self, paragraph: TextParagraph, said: Cell) -> None:
        paragraph.paragraph_format.space_after = Pt(0)
        if isinstance(said, Picture):
            self._picture(paragraph, said, said.alt, Pt(said.width))
        else:
            for run in self._words(paragraph, said).runs:
                run.font.size = SMALL

    def _picture(self, paragraph: TextParagraph, drawn: Picture | Chart, alt: str, width: Length) -> None:
        picture = paragraph.add_run().add_picture(io.BytesIO(self.pngs[id(drawn)]), width=width)
        parts.describe(picture, alt)

    def _finish(self, table: WordTable, widths: Sequence[Length], title: str) -> None:
        """Columns of a fixed width, and some space below."""
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
            for cell in column.cells:
                cell.width = width
        parts.turn_table(table, self.language)
        if title:
            parts.name_table(table, title)
        self.file.add_paragraph().paragraph_format.space_after = Pt(2)


def _widths(table: Table) -> list[Length]:
    """The widths of the columns in a page's width."""
    fixed = sum(Pt(column.points) for column in table.columns)
    shares = sum(column.share for column in table.columns if not column.points) or 1
    left = max(TEXT_WIDTH - fixed, 0)
    return [Emu(int(Pt(c.points) if c.points else left * c.share / shares)) for c in table.columns]
