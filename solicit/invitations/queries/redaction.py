"""Statements of fit without what gives the person away: name, address, ORCID iD, institution, country."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from solicit.people.queries import country_name
from solicit.submissions.states import UN_LANGUAGES
from solicit.web.folding import CJK_RUN, fold

# The same for every length, so that it does not tell how long a name is.
MARK = "[…]"
LINK = re.compile(r"(?:https?://|www\.)\S+|[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+", re.IGNORECASE)
INITIALS_BEFORE = re.compile(r"(?:(?<!\w)[^\W\d_]\.[\s-]*)+$")
INITIALS_AFTER = re.compile(r"^(?:,?\s*[^\W\d_]\.)+")
BETWEEN = re.compile(r"[\s,.’'-]*")
ARABIC_PREFIX = re.compile("^[وفبلك]?(?:ال)?(?=.{2})")
SHORTEST_NAME = 3  # a shorter part of a name is hidden only where it is written as a name
LONGEST_NAME_OF_A_SCRIPT_WITHOUT_BLANKS = 4

# How English calls somebody from a country: its name with an ending, or a word of its own.
ENDINGS = ("", "n", "an", "ian", "ean", "ese", "ish", "i", "er", "ic", "s")
OWN_WORDS = {
    "AE": "emirati", "CH": "swiss", "CZ": "czech", "DE": "german", "DK": "danish dane", "ES": "spanish spaniard",
    "FI": "finnish finn", "FR": "french", "GB": "british english scottish welsh britain england scotland uk",
    "GR": "greek", "HR": "croat", "IE": "irish", "NL": "dutch holland", "NO": "norwegian", "PE": "peruvian",
    "PH": "filipino filipina", "PL": "polish pole", "PT": "portuguese", "RS": "serb", "SA": "saudi", "SE": "swede",
    "TH": "thai", "TR": "turk turkish", "UA": "ukrainian", "US": "american america usa", "UZ": "uzbek",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Revealing:
    """What is known of a person that a statement must not tell."""

    name: str
    email: str = ""
    orcid: str | None = None
    institutions: tuple[str, ...] = ()
    country: str | None = None


@dataclass(frozen=True)
class _Word:
    start: int
    end: int
    text: str
    key: str


@dataclass(frozen=True)
class _Hidden:
    """What to look for: sequences of folded words, names in scripts without blanks, and short parts of names."""

    phrases: frozenset[tuple[str, ...]]
    runs: tuple[str, ...]
    short: frozenset[str]


def redacted(statement: str, *known: Revealing) -> str:
    """The statement with a mark in the place of everything revealing; links and addresses go, too."""
    text, at, parts = unicodedata.normalize("NFC", statement), 0, []
    for start, end in _merged(text, [span for each in known for span in _spans(text, _hidden(each))]):
        parts += [text[at:start], MARK]
        at = end
    return "".join([*parts, text[at:]])


def names_person(statement: str, *, full_name: str, email: str) -> bool:
    """Whether a statement gives the person away by their name, a longer part of it, or their address."""
    hidden = _hidden(Revealing(name=full_name, email=email))
    return bool(email) and email.casefold() in statement.casefold() or any(_named(statement, hidden))


def _hidden(revealing: Revealing) -> _Hidden:
    names = [word.key for word in _words(revealing.name)]
    phrases = {tuple(names), *((name,) for name in names if len(name) >= SHORTEST_NAME)}
    phrases |= {_key_phrase(institution) for institution in revealing.institutions}
    phrases |= {_key_phrase(part) for part in (*revealing.email.partition("@"), revealing.orcid or "")}
    phrases.add(((revealing.orcid or "").replace("-", "").casefold(),))
    phrases |= set(_of_country(revealing.country)) if revealing.country else set()
    short = {word.text for word in _words(revealing.name) if len(word.key) < SHORTEST_NAME}
    return _Hidden(frozenset(p for p in phrases if any(p)), tuple(_runs(revealing)), frozenset(short))


def _of_country(code: str) -> Iterator[tuple[str, ...]]:
    names = {_key_phrase(country_name(code, language)) for language in UN_LANGUAGES}
    yield from names
    yield from ((word,) for word in OWN_WORDS.get(code, "").split())
    english = _key_phrase(country_name(code, "en"))
    if len(english) == 1:
        endings = [(cut, ending) for cut in (0, 1, 2) for ending in ENDINGS if ending or cut < 2]
        words = (english[0][: len(english[0]) - cut] + ending for cut, ending in endings)
        yield from ((word,) for word in words if len(word) > SHORTEST_NAME)


def _runs(revealing: Revealing) -> Iterator[str]:
    """Names in Chinese or Japanese, which stand in a text without blanks: whole, and the given name alone."""
    texts = [revealing.name, *revealing.institutions]
    texts += [country_name(revealing.country, language) for language in ("zh", "ja")] if revealing.country else []
    for run in CJK_RUN.findall(" ".join(texts)):
        if len(run) > 1:
            yield run
        if 2 < len(run) <= LONGEST_NAME_OF_A_SCRIPT_WITHOUT_BLANKS and run in revealing.name:
            yield run[1:] if len(run) == 3 else run[2:]


def _key_phrase(text: str) -> tuple[str, ...]:
    return tuple(word.key for word in _words(text))


def _words(text: str) -> list[_Word]:
    """The words of a text with their places; marks belong to the letter before them."""
    words, at = [], 0
    for is_word, letters in groupby(text, key=lambda letter: unicodedata.category(letter)[0] in "LMN"):
        part = "".join(letters)
        if is_word:
            words.append(_Word(at, at + len(part), part, fold(part).replace(" ", "")))
        at += len(part)
    return words


def _variants(word: _Word) -> set[str]:
    """A word as it stands, and without the article and prepositions that Arabic writes together with it."""
    return {word.key, ARABIC_PREFIX.sub("", word.key)}


def _spans(text: str, hidden: _Hidden) -> Iterator[tuple[int, int]]:
    yield from (found.span() for found in LINK.finditer(text))
    yield from _named(text, hidden)


def _named(text: str, hidden: _Hidden) -> Iterator[tuple[int, int]]:
    for run in hidden.runs:
        yield from (found.span() for found in re.finditer(re.escape(run), text))
    words = _words(text)
    for at, word in enumerate(words):
        if word.text in hidden.short and not word.text.islower():
            yield word.start, word.end
        for phrase in hidden.phrases:
            those = words[at : at + len(phrase)]
            if len(those) == len(phrase) and all(p in _variants(w) for p, w in zip(phrase, those, strict=True)):
                yield _with_initials(text, those[0].start, those[-1].end)


def _with_initials(text: str, start: int, end: int) -> tuple[int, int]:
    before, after = INITIALS_BEFORE.search(text[:start]), INITIALS_AFTER.search(text[end:])
    return (before.start() if before else start), (end + after.end() if after and before is None else end)


def _merged(text: str, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that touch or have only blanks between them as one: a mark must not count names."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and (start <= merged[-1][1] or BETWEEN.fullmatch(text[merged[-1][1] : start])):
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
