"""Which characters the fonts of this machine can show: typst prints a box for any other, and says nothing."""

import struct
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import typst

from solicit.errors import DomainError
from solicit.words import N_

CJK = {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC", "HALFWIDTH", "FULLWIDTH", "YI"}
# What stands for a sign that no font here has, such as a new emoji.
UNKNOWN = "\ufffd"
UNICODE_MAPS = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3))

# What documents are set in; templates/documents/_page.typ names the same.
FAMILIES = ("Noto Sans", "Noto Sans Arabic", "Noto Sans CJK SC", "DejaVu Sans")
INVISIBLE = ("Cc", "Cf", "Zs", "Zl", "Zp")

Span = tuple[int, int]


class MissingFonts(DomainError):
    """Letters that no font of this machine has, and the Debian packages that bring them."""


def showable(text: str) -> str:
    """``text`` with a sign in place of every symbol that no font here has; raises MissingFonts for letters."""
    missing = _missing(text)
    letters = sorted(c for c in missing if unicodedata.category(c)[0] in "LMN")
    if letters:
        raise missing_fonts(letters)
    return text.translate(dict.fromkeys(map(ord, missing), UNKNOWN)) if missing else text


def missing_fonts(letters: Iterable[str]) -> MissingFonts:
    """The refusal that names the scripts of some letters, and what to install."""
    scripts = sorted({_script(letter) for letter in letters})
    packages = sorted({"fonts-noto-cjk" if script in CJK else "fonts-noto-core" for script in scripts})
    return MissingFonts(
        N_(
            "No font of the server has these letters: %(scripts)s. Whoever runs the server installs the package "
            "%(packages)s (Debian and Ubuntu) and starts it again."
        ),
        scripts=", ".join(script.capitalize() for script in scripts),
        packages=", ".join(packages),
    )


def _missing(text: str) -> set[str]:
    """The characters of a text that no font has; font files are read until nothing is missing."""
    missing = {c for c in set(text) if unicodedata.category(c) not in INVISIBLE}
    for file in _font_files():
        if not missing:
            break
        missing = {c for c in missing if not _covers(file, ord(c))}
    return missing


def _script(letter: str) -> str:
    """The first word of a character's name tells its script: ARABIC LETTER BEH."""
    return unicodedata.name(letter, "UNKNOWN").replace("-", " ").split()[0]


@lru_cache(maxsize=1)
def _font_files() -> tuple[Path, ...]:
    """The files of all fonts that typst finds, those that our documents ask for first."""
    fonts = [font for font in typst.Fonts().fonts() if font.path]
    place = {family: n for n, family in enumerate(FAMILIES)}
    fonts.sort(key=lambda font: (place.get(font.family, len(place)), font.path))
    return tuple(dict.fromkeys(Path(font.path) for font in fonts))


@lru_cache
def _spans(file: Path) -> tuple[Span, ...]:
    """What one font file covers; the faces of a collection cover the same. A file that cannot be read has nothing."""
    try:
        with file.open("rb") as font:
            return tuple(sorted(_read_map(font, _map_offset(font))))
    except (OSError, struct.error, KeyError, StopIteration):
        return ()


def _covers(file: Path, code: int) -> bool:
    spans = _spans(file)
    place = bisect_right(spans, code, key=lambda span: span[0]) - 1
    return place >= 0 and code <= spans[place][1]


def _map_offset(font: BinaryIO) -> int:
    """Where the best table of Unicode characters begins."""
    start = _unpack(font, 12, ">I")[0] if _unpack(font, 0, ">4s")[0] == b"ttcf" else 0
    n_tables = _unpack(font, start + 4, ">H")[0]
    tables = (_unpack(font, start + 12 + 16 * n, ">4sIII") for n in range(n_tables))
    cmap = next(offset for tag, _sum, offset, _length in tables if tag == b"cmap")
    n_maps = _unpack(font, cmap + 2, ">H")[0]
    listed = (_unpack(font, cmap + 4 + 8 * n, ">HHI") for n in range(n_maps))
    maps = {(platform, encoding): cmap + offset for platform, encoding, offset in listed}
    return maps[next(known for known in UNICODE_MAPS if known in maps)]


def _read_map(font: BinaryIO, at: int) -> Iterator[Span]:
    """The spans of a table of format 12 or 4; 0xFFFF only ends the latter."""
    kind = _unpack(font, at, ">H")[0]
    if kind == 12:
        n_groups = _unpack(font, at + 12, ">I")[0]
        flat = _unpack(font, at + 16, f">{3 * n_groups}I")
        yield from zip(flat[0::3], flat[1::3], strict=True)
    elif kind == 4:
        n = _unpack(font, at + 6, ">H")[0] // 2
        ends, starts = _unpack(font, at + 14, f">{n}H"), _unpack(font, at + 16 + 2 * n, f">{n}H")
        yield from (span for span in zip(starts, ends, strict=True) if span[0] != 0xFFFF)


def _unpack(font: BinaryIO, at: int, form: str) -> tuple:
    font.seek(at)
    return struct.unpack(form, font.read(struct.calcsize(form)))
