"""Texts compared by their words and letters: what is left where no language model reads a language.

Term frequency times inverse document frequency, of words and of runs of three to five letters within words.
Terms are hashed, so that no vocabulary has to be kept; document frequencies are counted on a sample.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

N_TERMS = 2**18
LETTERS = (3, 5)
# The rows of so many pairs are copied at a time: a few megabytes.
PAIRS_AT_ONCE = 4_096


class TermWeights:
    """How much each word and each run of letters says, by how few texts of a sample hold it."""

    def __init__(self, sample: Sequence[str]) -> None:
        """sample: folded texts (words with one blank between them; Chinese as pairs of characters); may be empty."""
        from sklearn.feature_extraction.text import HashingVectorizer

        shared = dict(n_features=N_TERMS, alternate_sign=False, norm=None, lowercase=False, dtype=np.float32)
        self._words = HashingVectorizer(analyzer=str.split, **shared)
        self._letters = HashingVectorizer(analyzer="char_wb", ngram_range=LETTERS, **shared)
        self._word_weights = _weights(self._words.transform(sample)) if sample else np.ones(N_TERMS, np.float32)
        self._letter_weights = _weights(self._letters.transform(sample)) if sample else np.ones(N_TERMS, np.float32)

    def rows(self, texts: Sequence[str]) -> tuple[sparse.csr_array, sparse.csr_array]:
        """Each folded text by words and by letters: float32, shape (n, N_TERMS), rows of length 1 or empty."""
        if not texts:
            return sparse.csr_array((0, N_TERMS), dtype=np.float32), sparse.csr_array((0, N_TERMS), dtype=np.float32)
        words, letters = self._words.transform(texts), self._letters.transform(texts)
        return _weighed(words, self._word_weights), _weighed(letters, self._letter_weights)

    def telling_words(self, text: str, *, n: int) -> list[str]:
        """The words of a folded text that the fewest texts hold, at most n."""
        words = sorted(set(text.split()))
        columns = [self._words.transform([word]).indices[0] for word in words]
        return [words[at] for at in np.argsort(-self._word_weights[columns], kind="stable")[:n]] if words else []


def likeness_rows(words: sparse.csr_array, letters: sparse.csr_array) -> sparse.csr_array:
    """Rows whose product is the mean of the cosines by words and by letters."""
    half = np.float32(np.sqrt(0.5))
    return sparse.csr_array(sparse.hstack([words * half, letters * half], format="csr"))


def row_products(rows: sparse.csr_array, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float64]:
    """The product of row left[i] with row right[i] for each i: shape (n_pairs,)."""
    products = np.empty(len(left))
    for start in range(0, len(left), PAIRS_AT_ONCE):
        part = slice(start, start + PAIRS_AT_ONCE)
        products[part] = rows[left[part]].multiply(rows[right[part]]).sum(axis=1)
    return products


def _weights(counts: sparse.csr_matrix) -> NDArray[np.float32]:
    n_texts = np.bincount(counts.indices, minlength=N_TERMS)
    return (np.log((1 + counts.shape[0]) / (1 + n_texts)) + 1).astype(np.float32)


def _weighed(counts: sparse.csr_matrix, weights: NDArray[np.float32]) -> sparse.csr_array:
    from sklearn.preprocessing import normalize

    rows = sparse.csr_array(counts)
    rows.data = (1 + np.log(rows.data)) * weights[rows.indices]
    return sparse.csr_array(normalize(rows, copy=False))
