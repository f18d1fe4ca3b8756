"""Names for topics: the words that set one topic apart from the others."""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ml.language.stopwords import STOP_WORDS

# Two words that stand together name a topic better than each alone ("dark energy", not "energy").
BIGRAM_FAVOUR = 1.5
# A term must stand in two texts (of a topic that has three) and in a tenth of them, or it is a curiosity.
LEAST_TEXTS = 2
LEAST_SHARE = 0.1
SMALL_TOPIC = 2

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_BREAK = re.compile(r"[^\w\s'’-]+")
_ARABIC_MARKS = re.compile("[\u0640\u064b-\u065f\u0670]")

# One or two folded words: texts that inflect them differently share the term.
Term = tuple[str, ...]


def tokenise(text: str, language: str) -> tuple[str, ...]:
    """The words of a text that say something, casefolded, in order.

    language: "en", "fr", "es", "ru", "ar" or "zh" (a region as in "zh-Hant" is ignored); words of another
        language come without removal of stop words. Numbers and single letters are left out.
    """
    stop = _stop_words(language)
    return tuple(
        word.casefold() for phrase in _phrases(text, language) for word in phrase if _says_something(word, stop)
    )


def topic_labels(
    texts: Sequence[str], labels: NDArray[np.int64], languages: Sequence[str], *, n_terms: int = 3
) -> tuple[tuple[str, ...], ...]:
    """The terms that name each topic, best first, spelt as they mostly are in its texts.

    Class-based TF-IDF: the share of a topic's texts that hold a term, times log(1 + n_topics / the sum of
    these shares over all topics). Terms are words and pairs of neighbouring words.

    texts, languages: one per row. labels: int, shape (n,), 0 .. n_topics - 1.
    Returns: one tuple of at most n_terms terms per topic; empty if its texts say nothing.
    Raises: ValueError if the lengths differ.
    Source: Grootendorst, "BERTopic: Neural topic modeling with a class-based TF-IDF procedure",
        arXiv:2203.05794; here with texts counted instead of occurrences.
    """
    if not len(texts) == len(labels) == len(languages):
        raise ValueError("texts, labels and languages must have the same length")
    n_topics = int(labels.max(initial=-1)) + 1
    sizes = np.bincount(labels, minlength=n_topics).tolist()
    counts, spellings = _count_terms(texts, labels, languages, n_topics)
    everywhere: Counter[Term] = Counter()
    for size, counted in zip(sizes, counts, strict=True):
        everywhere.update({term: count / size for term, count in counted.items()})
    rarity = {term: math.log1p(n_topics / share) for term, share in everywhere.items()}
    chosen = [_choose(counted, size, rarity, n_terms) for counted, size in zip(counts, sizes, strict=True)]
    return tuple(tuple(_spelling(spellings[term]) for term in terms) for terms in chosen)


def _count_terms(
    texts: Sequence[str], labels: NDArray[np.int64], languages: Sequence[str], n_topics: int
) -> tuple[list[Counter[Term]], dict[Term, Counter[str]]]:
    """In how many texts of each topic a term stands, and how often it is spelt in which way."""
    counts: list[Counter[Term]] = [Counter() for _ in range(n_topics)]
    spellings: dict[Term, Counter[str]] = defaultdict(Counter)
    for text, topic, language in zip(texts, labels.tolist(), languages, strict=True):
        for term, spelling in _terms(text, language).items():
            counts[topic][term] += 1
            spellings[term][spelling] += 1
    return counts, spellings


def _choose(counted: Counter[Term], size: int, rarity: dict[Term, float], n_terms: int) -> list[Term]:
    """The best terms of one topic, none of them sharing a word with a better one."""
    least = max(LEAST_TEXTS, LEAST_SHARE * size) if size > SMALL_TOPIC else 1

    def score(term: Term) -> float:
        return counted[term] * rarity[term] * (BIGRAM_FAVOUR if len(term) == 2 else 1.0)

    chosen: list[Term] = []
    taken: set[str] = set()
    frequent = [term for term, count in counted.items() if count >= least]
    for term in sorted(frequent or counted, key=lambda each: (-score(each), each)):
        if len(chosen) < n_terms and taken.isdisjoint(term):
            chosen.append(term)
            taken.update(term)
    return chosen


def _terms(text: str, language: str) -> dict[Term, str]:
    """Every word and every pair of neighbouring words of a text, with its first spelling."""
    stop = _stop_words(language)
    gap = "" if _base(language) == "zh" else " "
    terms: dict[Term, str] = {}
    for phrase in _phrases(text, language):
        telling = [_says_something(word, stop) for word in phrase]
        folded = [_fold(word, language) for word in phrase]
        for at, word in enumerate(phrase):
            if telling[at]:
                terms.setdefault((folded[at],), word)
            if at and telling[at] and telling[at - 1] and folded[at] != folded[at - 1]:
                terms.setdefault((folded[at - 1], folded[at]), f"{phrase[at - 1]}{gap}{word}")
    return terms


def _spelling(spellings: Counter[str]) -> str:
    """The most frequent; of equals one without capitals, which mostly stem from the start of a sentence."""
    return min(spellings, key=lambda each: (-spellings[each], sum(map(str.isupper, each)), each))


def _phrases(text: str, language: str) -> list[list[str]]:
    """Words as spelt, in runs that no punctuation interrupts."""
    clean = _ARABIC_MARKS.sub("", unicodedata.normalize("NFC", text))
    cut = _cut_chinese if _base(language) == "zh" else _WORD.findall
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


def _says_something(word: str, stop: frozenset[str]) -> bool:
    folded = word.casefold()
    lone_letter = len(word) == 1 and word < "\u2e80"
    return not (lone_letter or word.replace("-", "").isdigit() or folded in stop)


def _fold(word: str, language: str) -> str:
    """One key for singular and plural of an English word; only the case folded in other languages."""
    word = word.casefold()
    if _base(language) != "en" or len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word.removesuffix("s")


def _stop_words(language: str) -> frozenset[str]:
    return STOP_WORDS.get(_base(language), frozenset())


def _base(language: str) -> str:
    return language.replace("_", "-").split("-")[0].casefold()
