"""The countries and regions of the world, in the words of a language or of the site."""

import json
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel import Locale, UnknownLocaleError

from solicit.web.text import BadText, one_line

_REGIONS: dict[str, list[str]] = json.loads((Path(__file__).parents[1] / "subregions.json").read_text())
SUBREGIONS = tuple(_REGIONS)  # the sub-regions of UN M49, and Antarctica, which M49 leaves without one
_SUBREGION_OF = {code: subregion for subregion, codes in _REGIONS.items() for code in codes}
# Codes that ISO 3166-1 leaves to its users: offered only where a site names them.
_OF_THE_SITE = {"XK": "Southern Europe"}

LONGEST_LABEL = 100
Labels = Mapping[str, Mapping[str, str]]

# Set once, while the application starts: names of countries are asked for in queries, forms, exports and plots, and
# handing a site's few words through all of them would put them into every signature. Nothing else writes here.
_labels: Labels = {}


class BadLabels(ValueError):
    """A file of country labels is not of the right form; the message says where."""


def rename(labels: Labels) -> None:
    """Have this process use the site's own labels: code -> language -> name; for other languages the usual ones."""
    global _labels
    _labels = labels
    country_choices.cache_clear()


def read_labels(path: Path) -> Labels:
    """The labels in a JSON file; raises BadLabels with a sentence."""
    try:
        labels = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise BadLabels(f"{path} is not a JSON file that can be read.") from None
    if not isinstance(labels, dict):
        raise BadLabels(f'{path} holds no labels: write {{"FR": {{"en": "France"}}}}.')
    return {code: _checked(path, code, names) for code, names in labels.items()}


def _checked(path: Path, code: str, names: object) -> dict[str, str]:
    if code not in _SUBREGION_OF and code not in _OF_THE_SITE:
        raise BadLabels(f"{path} names {code!r}, which is no code of a country or region.")
    if not isinstance(names, dict) or not all(_is_language(language) for language in names):
        raise BadLabels(f'{path} gives {code} no labels by language: write {{"en": "…", "zh": "…"}}.')
    try:
        cleaned = {language: one_line(label) for language, label in names.items()}
    except (BadText, AttributeError):
        raise BadLabels(f"{path} gives {code} a label that is not a text.") from None
    if not all(0 < len(label) <= LONGEST_LABEL for label in cleaned.values()):
        raise BadLabels(f"{path} gives {code} a label that is empty or longer than {LONGEST_LABEL} characters.")
    return cleaned


def _is_language(tag: str) -> bool:
    try:
        return bool(Locale.parse(tag.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return False


@cache
def country_choices(locale: str) -> tuple[tuple[str, str], ...]:
    """Every country and region of ISO 3166-1 with its name in a language, in the order of that language."""
    codes = [*_SUBREGION_OF, *(code for code in _OF_THE_SITE if code in _labels)]
    pairs = ((code, country_name(code, locale)) for code in codes)
    return tuple(sorted(pairs, key=lambda pair: _sort_key(pair[1], locale)))


def country_name(code: str | None, locale: str) -> str:
    """The name of a country in a language; empty for none."""
    if not code:
        return ""
    own = _labels.get(code, {})
    language = locale.replace("_", "-")
    return own.get(language) or own.get(language.split("-")[0]) or _territories(locale).get(code, code)


def subregion_of(code: str) -> str:
    """The UN M49 sub-region of a country, in English; raises KeyError for an unknown code."""
    return _SUBREGION_OF.get(code) or _OF_THE_SITE[code]


@cache
def _territories(locale: str) -> dict[str, str]:
    return dict(Locale.parse(locale.replace("-", "_")).territories)


def _sort_key(name: str, locale: str) -> tuple[str | bytes, str]:
    """A key that sorts as a dictionary of the language does, as far as that goes without ICU.

    GB 18030 keeps the common Chinese characters in the order of their pinyin. Spanish has ñ after n.
    """
    if locale.startswith("zh"):
        return name.encode("gb18030"), name
    text = name.casefold()
    if locale.startswith("es"):
        text = text.replace("ñ", "n\uffff")
    letters = unicodedata.normalize("NFKD", text)
    return "".join(c for c in letters if c.isalnum() or c in " \uffff"), name
