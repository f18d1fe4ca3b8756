"""Text folded for search: the same for every way of writing the same words."""

import re
import unicodedata
from collections.abc import Iterator

# Combining marks of Latin, Greek, Cyrillic, Hebrew and Arabic; in Indic scripts marks are letters and stay.
DIACRITICS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]")
SAME_LETTERS = str.maketrans(
    {"ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ھ": "ه"} | {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ħ": "h"}
)
CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
CJK_RUN = re.compile(f"[{CJK}]+")
LONGEST_WORD = 60


def fold(*texts: str) -> str:
    """The words of the texts for the search index: one blank between them, nothing but letters and digits."""
    return " ".join(word for text in texts for word in _words(text))


def search_query(text: str) -> str:
    """A ``to_tsquery`` that asks for every word of ``text``, each as the beginning of a word; "" for none."""
    return " & ".join(f"'{word}':*" for word in dict.fromkeys(_words(text)))


def search_words(text: str) -> tuple[str, ...]:
    """The different words of ``text`` as the search index has them."""
    return tuple(dict.fromkeys(_words(text)))


def _words(text: str) -> Iterator[str]:
    for word in _fold_letters(text).split():
        if len(word) > LONGEST_WORD:
            word = word[:LONGEST_WORD]
        yield from _cut(word)


def _fold_letters(text: str) -> str:
    whole = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = unicodedata.normalize("NFC", DIACRITICS.sub("", whole)).translate(SAME_LETTERS)
    return "".join(_fold_letter(letter) for letter in bare)


def _fold_letter(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind == "Nd":
        return str(unicodedata.decimal(letter))
    return letter if kind[0] in "LMN" else " "


def _cut(word: str) -> Iterator[str]:
    """Runs of Chinese or Japanese become pairs of characters: their words have no blanks between them."""
    end = 0
    for run in CJK_RUN.finditer(word):
        if run.start() > end:
            yield word[end : run.start()]
        signs = run.group()
        yield from (signs[at : at + 2] for at in range(max(len(signs) - 1, 1)))
        end = run.end()
    if end < len(word):
        yield word[end:]
