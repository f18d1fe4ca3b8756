"""References as BibTeX, RIS and CITATION.cff, for the programs in which people keep their literature."""

import json
import re
from dataclasses import dataclass
from datetime import date

BIBTEX_TYPE = "application/x-bibtex; charset=utf-8"
RIS_TYPE = "application/x-research-info-systems; charset=utf-8"
CFF_TYPE = "application/yaml; charset=utf-8"
TEXT_TYPE = "text/plain; charset=utf-8"

# What TeX reads as a command, and how it writes the sign itself. Braces get words: the programs that read such files
# count them without minding a backslash, and one of a title would end its field.
TEX = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}",
    "#": r"\#", "$": r"\$", "%": r"\%", "&": r"\&", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
# Every sign that some program takes for the end of a line, or that has no place in a line.
_BREAKS = re.compile("[\\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True)
class Reference:
    """What is cited; ``key`` stays the same for ever."""

    key: str
    authors: tuple[str, ...]
    title: str
    day: date
    url: str
    language: str
    publisher: str
    note: str


def bibtex(reference: Reference) -> str:
    """One entry. Names and title stand in braces of their own: no program takes them apart."""
    fields = {
        "author": " and ".join(f"{{{_tex(name)}}}" for name in reference.authors),
        "title": f"{{{_tex(reference.title)}}}",
        "year": str(reference.day.year),
        "date": reference.day.isoformat(),
        "url": _tex(reference.url),
        "langid": reference.language,
        "publisher": f"{{{_tex(reference.publisher)}}}",
        "note": _tex(reference.note),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@misc{{{reference.key},\n{lines}}}\n"


def ris(reference: Reference) -> str:
    """One record: every line a tag, two blanks, a hyphen, a blank and a value without line breaks."""
    lines = [
        ("TY", "ELEC"),
        *(("AU", name) for name in reference.authors),
        ("TI", reference.title),
        ("PY", str(reference.day.year)),
        ("DA", reference.day.strftime("%Y/%m/%d")),
        ("UR", reference.url),
        ("LA", reference.language),
        ("PB", reference.publisher),
        ("N1", reference.note),
        ("ID", reference.key),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {_one_line(value)}\r\n" for tag, value in lines)


def cff(reference: Reference) -> str:
    """A CITATION.cff of a data set; every value is quoted as in JSON, which YAML reads as it is."""
    fields = {
        "cff-version": "1.2.0",
        "message": "Please cite this data set as below.",
        "type": "dataset",
        "title": _one_line(reference.title),
        "authors": [{"name": _one_line(name)} for name in reference.authors],
        "date-released": reference.day.isoformat(),
        "url": reference.url,
        "abstract": _one_line(reference.note),
    }
    return "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in fields.items())


def plain(reference: Reference) -> str:
    """One sentence to copy."""
    authors, title = ", ".join(map(_one_line, reference.authors)), _one_line(reference.title)
    return f"{authors} ({reference.day.year}). {title}. {_one_line(reference.note)}. {reference.url}\n"


def _tex(text: str) -> str:
    return "".join(TEX.get(sign, sign) for sign in _one_line(text))


def _one_line(text: str) -> str:
    return _BREAKS.sub(" ", text).strip()
