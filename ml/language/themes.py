"""Which theme of a call a question belongs to: a suggestion that a person accepts, never a silent change."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# A description speaks for its theme as loudly as this many filed questions.
DESCRIPTION_WEIGHT = 2.0
STRENGTH = 10.0
NO_SUGGESTION = -1


@dataclass(frozen=True, slots=True, eq=False)
class ThemeSuggestions:
    """One suggestion per question.

    theme: int, shape (n,); -1 where none is made.
    probability: float, shape (n, n_themes); rows sum to 1.
    """

    theme: NDArray[np.int64]
    probability: NDArray[np.float64]


def suggest_themes(
    vectors: NDArray[np.float32],
    *,
    descriptions: NDArray[np.float32],
    examples: NDArray[np.float32],
    example_themes: NDArray[np.int64],
    margin: float = 0.10,
) -> ThemeSuggestions:
    """The most probable theme of each question, or none where the second is close.

    Logistic regression on the vectors; every description counts as two examples of its theme.

    vectors: float32, shape (n, width), the questions asked about.
    descriptions: float32, shape (n_themes, width), one per theme: its name and description.
    examples: float32, shape (n_examples, width), questions that people filed. example_themes: int, shape
        (n_examples,), 0 .. n_themes - 1. Both may be empty.
    margin: least lead of the best over the second probability, 0 .. 1.
    Raises: ValueError if an example names a theme that does not exist or the lengths differ.
    """
    n_themes = len(descriptions)
    if len(examples) != len(example_themes):
        raise ValueError("examples and example_themes must have the same length")
    if len(example_themes) and not 0 <= example_themes.min() <= example_themes.max() < n_themes:
        raise ValueError(f"themes are numbered 0 to {n_themes - 1}")
    if n_themes < 2:
        probability = np.ones((len(vectors), n_themes))
    else:
        probability = _probability(vectors, descriptions, examples, example_themes)
    return ThemeSuggestions(theme=_clear_winner(probability, margin), probability=probability)


def _probability(
    vectors: NDArray[np.float32],
    descriptions: NDArray[np.float32],
    examples: NDArray[np.float32],
    example_themes: NDArray[np.int64],
) -> NDArray[np.float64]:
    from sklearn.linear_model import LogisticRegression

    themes = np.concatenate([np.arange(len(descriptions)), example_themes])
    weight = np.ones(len(themes))
    weight[: len(descriptions)] = DESCRIPTION_WEIGHT
    model = LogisticRegression(C=STRENGTH, max_iter=1000)
    known = np.concatenate([descriptions, examples]).astype(np.float64)
    model.fit(known, themes, sample_weight=weight)
    if len(vectors) == 0:
        return np.empty((0, len(descriptions)))
    return model.predict_proba(vectors.astype(np.float64))


def _clear_winner(probability: NDArray[np.float64], margin: float) -> NDArray[np.int64]:
    n, n_themes = probability.shape
    if n == 0 or n_themes == 0:
        return np.full(n, NO_SUGGESTION, dtype=np.int64)
    ordered = np.sort(probability, axis=1)
    second = ordered[:, -2] if n_themes > 1 else 0.0
    return np.where(ordered[:, -1] - second >= margin, probability.argmax(axis=1), NO_SUGGESTION)
