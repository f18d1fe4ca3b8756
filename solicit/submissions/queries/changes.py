"""What changed between two wordings, in words."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_SIGNS = r"\u3040-\u30ff\u3400-\u9fff"
# A word, or a number such as 1.5, with the space and the marks around it; Chinese and Japanese signs stand alone.
WORD = re.compile(rf"[{_SIGNS}]|[^\W{_SIGNS}]+(?:[.,]\d+)*\W*|\W+")


@dataclass(frozen=True)
class Piece:
    """A part of a text that stayed, came ("added") or went ("removed")."""

    change: str
    text: str


def word_changes(old: str, new: str) -> tuple[Piece, ...]:
    """The words that went from a text and those that came, in reading order."""
    before, after = WORD.findall(old), WORD.findall(new)
    pieces = []
    for tag, i, j, k, m in SequenceMatcher(None, before, after).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("", "".join(after[k:m])))
            continue
        pieces.append(Piece("removed", "".join(before[i:j])))
        pieces.append(Piece("added", "".join(after[k:m])))
    return tuple(piece for piece in pieces if piece.text)
