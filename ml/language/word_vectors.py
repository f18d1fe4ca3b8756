"""Texts as vectors of their words: for languages that the language model does not read."""

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from ml.language.words import FIRST_IDEOGRAPH, tokenise

# Letters of a word that are compared, so that its inflections are near each other.
LETTERS = 4


def word_vectors(texts: Sequence[str], languages: Sequence[str]) -> sparse.csr_array:
    """TF-IDF over the telling words of each text and their parts of four letters (two of ideographs).

    Returns: float32 sparse array, one row of length 1 (L2) per text; all 0 for a text that says nothing.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    pieces = [_pieces(text, language) for text, language in zip(texts, languages, strict=True)]
    if not any(pieces):
        return sparse.csr_array((len(texts), 1), dtype=np.float32)
    weigh = TfidfVectorizer(analyzer=lambda piece: piece, sublinear_tf=True, dtype=np.float32)
    return sparse.csr_array(weigh.fit_transform(pieces))


def _pieces(text: str, language: str) -> list[str]:
    words = tokenise(text, language)
    return [*words, *(part for word in words for part in _parts(word))]


def _parts(word: str) -> list[str]:
    width = 2 if word >= FIRST_IDEOGRAPH else LETTERS
    return [word[at : at + width] + "-" for at in range(len(word) - width + 1)] if len(word) > width else []
