"""What sets two texts apart that a language model holds for near: numbers, bodies, negations, lengths, words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.language.lexical import TermWeights, row_products
from ml.language.pair_words import BODIES, NEGATIONS

# In the order of the columns. cosine: of the vectors, or the likeness by words where a language has no model.
# is_bare: neither text has more than a title. letters, words: cosines of `lexical`. ratio and length: logarithms of
# longer by shorter text, and of the shorter. numbers, bodies, negations: 1 where only one text has one that counts.
NAMES = ("cosine", "is_bare", "letters", "words", "ratio", "length", "numbers", "bodies", "negations")
DECIMALS = 6


@dataclass(frozen=True, slots=True, eq=False)
class PairTexts:
    """What the features of any pair need of each of n texts, read once."""

    words: sparse.csr_array
    letters: sparse.csr_array
    lengths: NDArray[np.float64]
    numbers: list[frozenset[str]]
    bodies: list[frozenset[int]]
    negated: NDArray[np.bool_]

    @classmethod
    def read(cls, texts: Sequence[str], *, weights: TermWeights) -> "PairTexts":
        """texts: folded, as for TermWeights."""
        words, letters = weights.rows(texts)
        split = [text.split() for text in texts]
        return cls(
            words=words,
            letters=letters,
            lengths=np.array([max(len(text), 1) for text in texts], dtype=np.float64),
            numbers=[frozenset(word for word in each if any(map(str.isdigit, word))) for each in split],
            bodies=[frozenset(BODIES[word] for word in each if word in BODIES) for each in split],
            negated=np.array([not NEGATIONS.isdisjoint(each) for each in split], dtype=bool),
        )

    @classmethod
    def together(cls, parts: Sequence["PairTexts"]) -> "PairTexts":
        """The texts of several, each read with weights of its own language, one after the other."""
        return cls(
            words=sparse.csr_array(sparse.vstack([part.words for part in parts], format="csr")),
            letters=sparse.csr_array(sparse.vstack([part.letters for part in parts], format="csr")),
            lengths=np.concatenate([part.lengths for part in parts]),
            numbers=[each for part in parts for each in part.numbers],
            bodies=[each for part in parts for each in part.bodies],
            negated=np.concatenate([part.negated for part in parts]),
        )

    def likeness(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float64]:
        """The mean of the cosines by words and by letters, shape (n_pairs,): it stands for the cosine without a model.

        left, right: numbers of texts, shape (n_pairs,).
        """
        return (row_products(self.words, left, right) + row_products(self.letters, left, right)) / 2

    def features(
        self,
        left: NDArray[np.int64],
        right: NDArray[np.int64],
        *,
        cosine: NDArray[np.floating],
        is_bare: NDArray[np.bool_],
    ) -> NDArray[np.float64]:
        """One row per pair, one column per name of NAMES; the same for (left, right) and (right, left).

        left, right: numbers of texts, shape (n_pairs,). cosine, is_bare: shape (n_pairs,).
        """
        longer = np.maximum(self.lengths[left], self.lengths[right])
        shorter = np.minimum(self.lengths[left], self.lengths[right])
        both = list(zip(left.tolist(), right.tolist(), strict=True))
        columns = (
            cosine,
            is_bare,
            row_products(self.letters, left, right),
            row_products(self.words, left, right),
            np.log(longer / shorter),
            np.log(shorter),
            [self.numbers[one] != self.numbers[other] for one, other in both],
            [self.bodies[one] != self.bodies[other] for one, other in both],
            self.negated[left] != self.negated[right],
        )
        return np.column_stack([np.asarray(column, dtype=np.float64) for column in columns]).round(DECIMALS)
