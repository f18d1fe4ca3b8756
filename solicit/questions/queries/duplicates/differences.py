"""How two texts differ, word by word."""

import difflib
import itertools
import re
from dataclasses import dataclass

LEAST_SHARED = 1 / 3

# A word, a single Chinese or Japanese character, or white space.
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\s\u3040-\u30ff\u3400-\u9fff]+|\s+")


@dataclass(frozen=True)
class Words:
    """A stretch of a title, and whether the other title has it, too."""

    text: str
    differs: bool


def word_differences(left: str, right: str) -> tuple[tuple[Words, ...], tuple[Words, ...]]:
    """Both texts cut into stretches of words that the other one has, or has not.

    Texts that share little come uncut: marking nearly everything helps nobody.
    """
    tokens = _TOKEN.findall(left), _TOKEN.findall(right)
    keys = [[_key(token) for token in side] for side in tokens]
    matcher = difflib.SequenceMatcher(None, *keys, autojunk=False)
    differs = [[True] * len(side) for side in tokens]
    for block in matcher.get_matching_blocks():
        for side, start in zip(differs, (block.a, block.b), strict=True):
            side[start : start + block.size] = [False] * block.size
    if _shared(tokens, differs) < LEAST_SHARED:
        return (Words(left, False),), (Words(right, False),)
    return _stretches(tokens[0], differs[0]), _stretches(tokens[1], differs[1])


def lacking_words(left: str, right: str) -> tuple[tuple[Words, ...], tuple[Words, ...]]:
    """Both longer texts, with the words marked that the other one has nowhere.

    Not aligned as titles are: sentences are moved as often as changed. Texts that share little come uncut.
    """
    tokens = _TOKEN.findall(left), _TOKEN.findall(right)
    keys = [[_key(token) for token in side] for side in tokens]
    known = [set(side) | {""} for side in keys]
    differs = [
        [key not in others and not token.isspace() for key, token in zip(side, texts, strict=True)]
        for side, texts, others in zip(keys, tokens, reversed(known), strict=True)
    ]
    if _shared(tokens, differs) < LEAST_SHARED:
        return (Words(left, False),), (Words(right, False),)
    return _stretches(tokens[0], differs[0]), _stretches(tokens[1], differs[1])


def _key(token: str) -> str:
    """What two tokens have in common that people read as the same word."""
    return token.casefold().strip(".,;:?!()")


def _shared(tokens: tuple[list[str], list[str]], differs: list[list[bool]]) -> float:
    """The share of the words of both texts that both have."""
    words = [
        mark
        for side, marks in zip(tokens, differs, strict=True)
        for token, mark in zip(side, marks, strict=True)
        if not token.isspace()
    ]
    return words.count(False) / len(words) if words else 0.0


def _stretches(tokens: list[str], differs: list[bool]) -> tuple[Words, ...]:
    """Neighbouring tokens of one sort as one stretch; a blank between two that differ goes with them."""
    joined = [
        mark or (token.isspace() and 0 < at < len(tokens) - 1 and differs[at - 1] and differs[at + 1])
        for at, (token, mark) in enumerate(zip(tokens, differs, strict=True))
    ]
    runs = itertools.groupby(zip(tokens, joined, strict=True), key=lambda pair: pair[1])
    return tuple(Words("".join(token for token, _ in run), mark) for mark, run in runs)
