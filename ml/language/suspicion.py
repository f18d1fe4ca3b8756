"""Signs that a text is spam or belongs elsewhere: reasons for a person to look, never a verdict."""

import re
from collections import Counter

import numpy as np

from ml.language.stopwords import STOP_WORDS

LINK = re.compile(r"https?://|\bwww\.|\b[\w-]+\.(?:com|net|shop|xyz|biz|info|ru|cn|top|online)\b", re.IGNORECASE)
MOST_LINKS = 2
LEAST_WORDS = 20
MOST_REPEATED = 0.5
LEAST_LETTERS = 20
MOST_CAPITALS = 0.6
MOST_MARKS = 4
LEAST_SHARE = 0.3
# So many texts of one submitter are rare among people.
MANY = 10

# By how much each sign of spam raises the suspicion.
WEIGHTS = {"links": 0.5, "repetition": 0.4, "many": 0.4, "shouting": 0.4, "other_language": 0.5}
# The letters in which a language is written, where that tells it from most others.
SCRIPTS = {
    "ar": "\u0600-\u06ff", "fa": "\u0600-\u06ff", "ru": "\u0400-\u04ff", "uk": "\u0400-\u04ff", "bg": "\u0400-\u04ff",
    "zh": "\u3400-\u9fff", "ja": "\u3040-\u30ff\u3400-\u9fff", "ko": "\uac00-\ud7af", "hi": "\u0900-\u097f",
    "el": "\u0370-\u03ff", "he": "\u0590-\u05ff", "th": "\u0e00-\u0e7f",
}  # fmt: skip

# Cosines for the bundled model, texts against the demonstration call: of 323 real questions about space one in thirteen
# is below the first, and one in fifty below both; of everyday questions about anything else nearly all are below both.
NEAR_THEME = 0.12
NEAR_SCOPE = 0.24


def spam_signs(text: str, *, language: str, n_of_submitter: int) -> tuple[str, ...]:
    """The signs of spam in a text. ``n_of_submitter``: how many texts came from where this one came from."""
    found = {
        "links": len(LINK.findall(text)) >= MOST_LINKS,
        "repetition": _repeats_itself(text),
        "many": n_of_submitter >= MANY,
        "shouting": _shouts(text),
        "other_language": _lacks_language(text, language.split("-")[0]),
    }
    return tuple(sign for sign, is_there in found.items() if is_there)


def spam_strength(signs: tuple[str, ...]) -> float:
    """How strongly these signs together say spam, 0 .. 1."""
    return float(1 - np.prod([1 - WEIGHTS[sign] for sign in signs]))


def distance_signs(theme_cosine: float | None, scope_cosine: float | None) -> tuple[str, ...]:
    """What a text is far from: the nearest description of a theme, and the questions in scope that are nearest.

    None where there is nothing to compare with. What is near to one of the two has no sign at all.
    """
    far = {
        "far_from_themes": (theme_cosine, NEAR_THEME),
        "far_from_scope": (scope_cosine, NEAR_SCOPE),
    }
    known = {sign: cosine < least for sign, (cosine, least) in far.items() if cosine is not None}
    return tuple(known) if known and all(known.values()) else ()


def distance_strength(theme_cosine: float | None, scope_cosine: float | None) -> float:
    """How far away a text with ``distance_signs`` is, 0 (at the bounds) .. 1 (nothing in common)."""
    shares = [
        np.clip(cosine / least, 0, 1)
        for cosine, least in ((theme_cosine, NEAR_THEME), (scope_cosine, NEAR_SCOPE))
        if cosine is not None
    ]
    return float(1 - max(shares, default=1.0))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.casefold())


def _repeats_itself(text: str) -> bool:
    words = _words(text)
    if len(words) < LEAST_WORDS:
        return False
    runs = Counter(zip(words, words[1:], words[2:], strict=False))
    return 1 - len(runs) / runs.total() >= MOST_REPEATED


def _shouts(text: str) -> bool:
    cased = [letter for letter in text if letter.upper() != letter.lower()]
    loud = sum(letter.isupper() for letter in cased)
    return (len(cased) >= LEAST_LETTERS and loud / len(cased) >= MOST_CAPITALS) or text.count("!") >= MOST_MARKS


def _lacks_language(text: str, language: str) -> bool:
    """Whether a text of some length has neither the letters nor the small words of its language."""
    letters = [letter for letter in text if letter.isalpha()]
    if len(letters) < LEAST_LETTERS:
        return False
    if language in SCRIPTS:
        own = len(re.findall(f"[{SCRIPTS[language]}]", text))
        return own / len(letters) < LEAST_SHARE
    small, words = STOP_WORDS.get(language, frozenset()), _words(text)
    return bool(small) and len(words) >= LEAST_WORDS // 2 and not small.intersection(words)
