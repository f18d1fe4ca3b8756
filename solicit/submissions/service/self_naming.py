"""Finding in a text what would tell its readers who wrote it: a warning, never an error."""

import re
import unicodedata
from collections.abc import Iterable

ADDRESS = re.compile(r"[^\s@<>()]{1,64}@[^\s@<>()]{1,255}\.[^\s@<>().,;:]{2,63}")
ORCID = re.compile(r"\b\d{4}-\d{4}-\d{4}-\d{3}[\dXx]\b", re.ASCII)
SPACELESS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# A shorter part of a name is as often an ordinary word; a Chinese name has two signs.
LEAST_LETTERS, LEAST_SIGNS = 4, 2
# Words of many affiliations, in the six languages of the United Nations: alone they name nobody.
COMMON = frozenset(
    (
        *("academy", "agency", "astronomy", "astrophysics", "biology", "bureau", "center", "centre", "centro"),
        *("chemistry", "climate", "college", "company", "department", "earth", "energy", "engineering"),
        *("environment", "europe", "european", "faculty", "federal", "foundation", "geology", "group", "higher"),
        *("institut", "institute", "institution", "instituto", "international", "laboratoire", "laboratorio"),
        *("laboratory", "lunar", "mars", "materials", "medicine", "mission", "moon", "museum", "nacional", "national"),
        *("observatoire", "observatorio", "observatory", "ocean", "office", "physics", "planet", "planetary"),
        *("planets", "polytechnic", "recherche", "research", "royal", "school", "science", "sciences", "scientific"),
        *("society", "solar", "space", "state", "station", "stars", "system", "technical", "technology"),
        *("universe", "universidad", "universitat", "universite", "university"),
        *("академия", "институт", "национальный", "университет", "جامعة", "معهد", "مركز"),
        *("大学", "学院", "研究", "研究所", "研究院", "中国", "国家", "科学院", "科学", "中心"),
    )
)


def named_phrases(text: str, *, names: Iterable[str], affiliations: Iterable[str] = ()) -> tuple[str, ...]:
    """What in a text names somebody, as it stands there, in reading order.

    Looked for are the names as a whole and each part of them, whole affiliations and their rarer words,
    e-mail addresses and ORCID identifiers; accents and capital letters do not matter.
    """
    found = {match.span(): match[0] for pattern in (ADDRESS, ORCID) for match in pattern.finditer(text)}
    folded, places = _folded(text)
    for phrase in _phrases(names, affiliations):
        for start in _starts(folded, phrase):
            span = places[start], places[start + len(phrase) - 1] + 1
            found[span] = text[slice(*span)]
    widest = [span for span in found if not any(_holds(other, span) for other in found)]
    return tuple(dict.fromkeys(found[span] for span in sorted(widest)))


def _phrases(names: Iterable[str], affiliations: Iterable[str]) -> set[str]:
    wholes = {_fold(whole) for whole in (*names, *affiliations)}
    parts = {part for whole in wholes for part in re.split(r"[\s,.;:()/|·・،-]+", whole)}
    return {phrase for phrase in wholes | parts if _tells(phrase)}


def _tells(phrase: str) -> bool:
    if SPACELESS.search(phrase):
        return len(phrase) >= LEAST_SIGNS and phrase not in COMMON
    return len(phrase) >= LEAST_LETTERS and phrase not in _FOLDED_COMMON


def _starts(folded: str, phrase: str) -> list[int]:
    """Where a phrase stands as words of its own; signs without spaces between words count anywhere."""
    if SPACELESS.search(phrase):
        return [match.start() for match in re.finditer(re.escape(phrase), folded)]
    return [match.start() for match in re.finditer(rf"(?<!\w){re.escape(phrase)}(?!\w)", folded)]


def _folded(text: str) -> tuple[str, list[int]]:
    """A text without accents and capitals, and where each of its characters came from."""
    characters, places = [], []
    for place, character in enumerate(text):
        for plain in _fold(character, strip=False):
            characters.append(plain)
            places.append(place)
    return "".join(characters), places


def _fold(text: str, *, strip: bool = True) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return unicodedata.normalize("NFC", " ".join(plain.split()) if strip else plain)


def _holds(outer: tuple[int, int], inner: tuple[int, int]) -> bool:
    return outer != inner and outer[0] <= inner[0] and inner[1] <= outer[1]


_FOLDED_COMMON = frozenset(_fold(word) for word in COMMON)
