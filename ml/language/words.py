"""The words of a text in six languages: cut, folded, and told apart from those that say nothing."""

import re
import unicodedata
from functools import lru_cache

from ml.language.stopwords import CONNECTORS, STOP_WORDS

MOST_CONNECTORS = 2
FIRST_IDEOGRAPH = "\u2e80"

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_BREAK = re.compile(r"[^\w\s'’-]+")
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_ARABIC_MARKS = re.compile("[\u0640\u064b-\u065f\u0670]")

# One to three folded words: texts that inflect them differently share the term.
Term = tuple[str, ...]


def tokenise(text: str, language: str) -> tuple[str, ...]:
    """The words of a text that say something, casefolded, in order.

    language: "en", "fr", "es", "ru", "ar" or "zh" (a region as in "zh-Hant" is ignored); words of another
        language come without removal of stop words. Numbers and single letters are left out.
    """
    stop = STOP_WORDS.get(base(language), frozenset())
    return tuple(
        word.casefold() for phrase in _phrases(text, language) for word in phrase if _says_something(word, stop)
    )


def terms(text: str, language: str, *, longest: int = 3) -> dict[Term, str]:
    """Every word of a text and every run of up to `longest` of them, with its first spelling.

    Words form a run if they stand together or only an "of" (French "de la", Spanish "del") parts them.
    """
    gap = "" if base(language) == "zh" else " "
    found: dict[Term, str] = {}
    for run in (run for phrase in _phrases(text, language) for run in _runs(phrase, language)):
        folded = [fold(run[at], language) for at in _telling(run, language)]
        places = _telling(run, language)
        for start in range(len(places)):
            for stop in range(start + 1, min(start + longest, len(places)) + 1):
                if len(set(folded[start:stop])) == stop - start:
                    spelling = gap.join(run[places[start] : places[stop - 1] + 1])
                    found.setdefault(tuple(folded[start:stop]), spelling)
    return found


def fold(word: str, language: str) -> str:
    """One key for singular and plural of an English word; only the case folded in other languages."""
    word = word.casefold()
    if base(language) != "en" or len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word.removesuffix("s")


def base(language: str) -> str:
    """The language without its region or script."""
    return language.replace("_", "-").split("-")[0].casefold()


def _runs(phrase: list[str], language: str) -> list[list[str]]:
    """The parts of a phrase between words that say nothing; connectors stay between two words that do."""
    stop, connectors = STOP_WORDS.get(base(language), frozenset()), CONNECTORS.get(base(language), frozenset())
    runs: list[list[str]] = [[]]
    between: list[str] = []
    for word in phrase:
        if _says_something(word, stop):
            if between and runs[-1] and len(between) <= MOST_CONNECTORS:
                runs[-1].extend(between)
            elif between:
                runs.append([])
            runs[-1].append(word)
            between = []
        elif word.casefold() in connectors:
            between.append(word)
        else:
            runs.append([])
            between = []
    return [run for run in runs if run]


def _telling(run: list[str], language: str) -> list[int]:
    stop = STOP_WORDS.get(base(language), frozenset())
    return [at for at, word in enumerate(run) if _says_something(word, stop)]


def _says_something(word: str, stop: frozenset[str]) -> bool:
    folded = word.casefold()
    lone_letter = len(word) == 1 and word < FIRST_IDEOGRAPH
    return not (lone_letter or word.replace("-", "").isdigit() or folded in stop)


def _phrases(text: str, language: str) -> list[list[str]]:
    """Words as spelt, in runs that no punctuation interrupts."""
    clean = _ARABIC_MARKS.sub("", unicodedata.normalize("NFC", _ADDRESS.sub(",", text)))
    cut = _cut_chinese if base(language) == "zh" else _WORD.findall
    return [cut(run) for run in _BREAK.split(clean)]


def _cut_chinese(run: str) -> list[str]:
    return [word for word in _chinese_cutter().cut(run) if _WORD.fullmatch(word)]


@lru_cache(maxsize=1)
def _chinese_cutter():
    import logging
    import warnings

    with warnings.catch_warnings():
        # jieba 0.42 still uses pkg_resources and unescaped patterns; both only warn.
        warnings.simplefilter("ignore")
        import jieba
    jieba.setLogLevel(logging.ERROR)
    return jieba
