"""A document as PDF: accessible, with bookmarks, and the same bytes for the same content."""

import json
from dataclasses import asdict

from solicit.web.documents.blocks import Block, Chart, Document, Picture, Run
from solicit.web.fonts import showable
from solicit.web.pages import direction
from solicit.web.pdf import ACCESSIBLE, pdf, pngs

PPI = 200
ISOLATED = "\u2068{}\u2069"


def as_pdf(document: Document) -> bytes:
    """Raises MissingFonts for letters that no font of this machine has."""
    data = asdict(document) | {"blocks": [_named(block) for block in document.blocks], "dated": None}
    return pdf("report", _isolated(data, document.language), language=document.language, standards=ACCESSIBLE)


def as_pngs(pictures: tuple[Picture | Chart, ...], *, language: str) -> list[bytes]:
    """Pictures, and charts with the words around them, for a word processor."""
    data = {"title": "", "pictures": [_named(each) for each in pictures]}
    return pngs("pictures", _isolated(data, language), language=language, ppi=PPI) if pictures else []


def _named(block: Block | Picture) -> dict:
    """A block as JSON says it; a cell is a picture if it has one."""
    return asdict(block) | {"kind": type(block).__name__}


def _isolated(data: dict, language: str) -> dict:
    """``data`` with what fonts cannot show replaced, and each person's text in a direction of its own."""
    checked = json.loads(showable(json.dumps(data, ensure_ascii=False)))
    return _each_run(checked, direction(language))


def _each_run(part: object, around: str) -> object:
    if isinstance(part, list):
        return [_each_run(each, around) for each in part]
    if not isinstance(part, dict):
        return part
    if part.keys() == Run.__dataclass_fields__.keys():
        turns = part["is_own"] and "rtl" in (around, direction(part["lang"]))
        text = ISOLATED.format(part["text"]) if turns else part["text"]
        return part | {"text": text, "lang": part["lang"].partition("-")[0]}
    return {name: _each_run(each, around) for name, each in part.items()}
