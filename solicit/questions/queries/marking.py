"""Showing searched words in a text: which stretches of it they are, and the part of it that holds the first."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from solicit.web.folding import CJK, CJK_RUN, DIACRITICS, fold, search_words

# A run of letters and digits with their marks; those of Indic scripts are letters. Chinese and Japanese are apart.
_WORD = re.compile(f"(?:[^\\W_{CJK}]|{DIACRITICS.pattern}|[\u0900-\u109f])+")
LONGEST_SNIPPET = 240
BEFORE = 80
LEAST_STEM = 4
# Small words of English, French, Spanish and German: looked for by nobody, so not marked beside other words.
_SMALL = """
a an and are at by can do does for from how in is it of on or the to was were what when where which who why with
au aux ce dans de des du en est et la le les ou par que qui sur un une del el las los por se son una y
auf das der die ein eine ist mit und von wie
"""
SMALL_WORDS = frozenset(_SMALL.split())


@dataclass(frozen=True)
class Part:
    """A stretch of a text, and whether it was searched for."""

    text: str
    is_match: bool


def marked(text: str, words: str) -> tuple[Part, ...]:
    """The whole text in stretches."""
    return _parts(text, list(_places(text, search_words(words))))


def snippet(texts: Iterable[str], words: str) -> tuple[Part, ...]:
    """The part of the first text that holds a searched word, or the beginning of the first text."""
    texts = [" ".join(text.split()) for text in texts if text]
    for text in texts:
        places = list(_places(text, search_words(words)))
        if places:
            return _cut(text, places)
    return (Part(_until(texts[0], LONGEST_SNIPPET), False),) if texts else ()


def _cut(text: str, places: list[tuple[int, int]]) -> tuple[Part, ...]:
    first = places[0][0]
    start = 0 if first <= BEFORE else text.find(" ", first - BEFORE, first) + 1 or first - BEFORE
    shown = _until(text[start:], LONGEST_SNIPPET)
    within = [(begin - start, end - start) for begin, end in places if end - start <= len(shown)]
    return (*([Part("… ", False)] if start else []), *_parts(shown, within))


def _until(text: str, length: int) -> str:
    """The beginning of a text, cut at a blank where there is one."""
    if len(text) <= length:
        return text
    return text[: max(text.rfind(" ", 0, length), 0) or length] + " …"


def _parts(text: str, places: list[tuple[int, int]]) -> tuple[Part, ...]:
    parts, at = [], 0
    for begin, end in places:
        parts += [Part(text[at:begin], False), Part(text[begin:end], True)]
        at = end
    parts.append(Part(text[at:], False))
    return tuple(part for part in parts if part.text)


def _places(text: str, words: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Where searched words stand, one after the other."""
    words = tuple(word for word in words if word not in SMALL_WORDS) or words
    pairs = [word for word in words if CJK_RUN.fullmatch(word)]
    others = [word for word in words if word not in pairs]
    found = [word.span() for word in _WORD.finditer(text) if _is_any(_folded(word.group()), others)]
    found += [(at.start(), at.start() + len(pair)) for pair in pairs for at in re.finditer(f"(?={pair})", text)]
    end = 0
    for begin, stop in sorted(found):
        if stop > end:
            yield max(begin, end), stop
            end = stop


def _is_any(word: str, asked: Iterable[str]) -> bool:
    return any(_is_like(word, each) for each in asked)


def _is_like(word: str, asked: str) -> bool:
    """Whether a word begins with the asked one, or is it but for its ending."""
    if word.startswith(asked):
        return True
    shared = min(len(word), len(asked)) - 1
    return shared >= LEAST_STEM and word[:shared] == asked[:shared]


@lru_cache(maxsize=20_000)
def _folded(word: str) -> str:
    return word.lower() if word.isascii() else fold(word)
