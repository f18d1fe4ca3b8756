"""Texts as vectors of their words: for languages that the language model does not read."""

from collections.abc import Sequence

from scipy import sparse

from ml.language.lexical import TermWeights, likeness_rows
from ml.language.words import tokenise


def word_vectors(texts: Sequence[str], languages: Sequence[str]) -> sparse.csr_array:
    """The telling words of each text and their letters, weighed by how few of these texts hold them.

    Returns: float32 sparse array, one row of length 1 (L2) per text; all 0 for a text that says nothing.
    """
    telling = [" ".join(tokenise(text, language)) for text, language in zip(texts, languages, strict=True)]
    return likeness_rows(*TermWeights(telling).rows(telling))
