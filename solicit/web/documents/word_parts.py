"""What python-docx has no word for: directions, languages, fields, repeated rows, and what a picture says."""

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from solicit.web.documents.blocks import Run, Words
from solicit.web.pages import direction
from solicit.web.text import without_controls

# What stands for a text in a word processor that has no such font is its own choice.
FONTS = {"ascii": "Noto Sans", "hAnsi": "Noto Sans", "cs": "Noto Sans Arabic", "eastAsia": "Noto Sans CJK SC"}
EAST_ASIAN = ("zh", "ja", "ko")
BODY = qn("w:body")


def add_words(paragraph: Paragraph, words: Words, language: str) -> Paragraph:
    """Runs of text, each marked with its language and direction."""
    for each in words:
        run = paragraph.add_run(without_controls(each.text).replace("\n", " "))
        run.bold = each.is_strong or None
        _speak(run._r.get_or_add_rPr(), each, language)
    turn_paragraph(paragraph, language)
    return paragraph


def _speak(properties, said: Run, language: str) -> None:
    spoken = said.lang or language
    if direction(spoken) == "rtl":
        properties.append(OxmlElement("w:rtl"))
    properties.append(_language(spoken))


def _language(spoken: str):
    """The language for the spelling checker: each kind of script has a place of its own."""
    lang = OxmlElement("w:lang")
    is_asian, is_rtl = spoken.split("-")[0] in EAST_ASIAN, direction(spoken) == "rtl"
    lang.set(qn("w:eastAsia" if is_asian else "w:bidi" if is_rtl else "w:val"), spoken)
    return lang


def set_language(document, language: str) -> None:
    """The fonts and the language that hold where nothing else is said."""
    properties = document.styles["Normal"].element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for script, name in FONTS.items():
        fonts.set(qn(f"w:{script}"), name)
    document.styles["Normal"].font.size = Pt(10)
    properties.append(_language(language))


def turn_paragraph(paragraph: Paragraph, language: str) -> None:
    """From right to left where the language of the document runs so."""
    if direction(language) == "rtl":
        properties = paragraph._p.get_or_add_pPr()
        bidi = OxmlElement("w:bidi")
        properties.insert_element_before(
            bidi,
            "w:adjustRightInd",
            "w:snapToGrid",
            "w:spacing",
            "w:ind",
            "w:contextualSpacing",
            "w:mirrorIndents",
            "w:suppressOverlap",
            "w:jc",
            "w:textDirection",
            "w:textAlignment",
            "w:textboxTightWrap",
            "w:outlineLvl",
            "w:divId",
            "w:cnfStyle",
            "w:rPr",
            "w:sectPr",
            "w:pPrChange",
        )


def turn_table(table: Table, language: str) -> None:
    if direction(language) == "rtl":
        table._tbl.tblPr.insert_element_before(
            OxmlElement("w:bidiVisual"),
            "w:tblStyleRowBandSize",
            "w:tblStyleColBandSize",
            "w:tblW",
            "w:jc",
            "w:tblCellSpacing",
            "w:tblInd",
            "w:tblBorders",
            "w:shd",
            "w:tblLayout",
            "w:tblCellMar",
            "w:tblLook",
        )


def name_table(table: Table, title: str) -> None:
    """What the table is, for those who do not see it."""
    caption = OxmlElement("w:tblCaption")
    caption.set(qn("w:val"), without_controls(title))
    table._tbl.tblPr.append(caption)


def repeat_row(row: _Row) -> None:
    """The heads of the columns, again on each page."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    properties.append(OxmlElement("w:tblHeader"))


def keep_row(row: _Row) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def describe(picture, said: str) -> None:
    """What a picture shows, for those who do not see it."""
    properties = picture._inline.docPr
    properties.set("descr", without_controls(said))
    properties.set("name", f"Picture {properties.get('id')}")


def shade(cell: _Cell, paint: str) -> None:
    shading = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", paint)):
        shading.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shading)


def add_field(paragraph: Paragraph, instruction: str, shown: str) -> None:
    """A field of ours, such as the number of the page, with what stands there until it is counted."""
    for kind, text in (("begin", ""), ("", instruction), ("separate", ""), ("", shown), ("end", "")):
        run = paragraph.add_run()
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)
        elif text is instruction:
            code = OxmlElement("w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = f" {instruction} "
            run._r.append(code)
        else:
            run.text = shown
