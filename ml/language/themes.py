"""Which theme of a call a question belongs to: a suggestion that a person accepts, never a silent change."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# A description speaks for its theme as loudly as this many filed questions.
DESCRIPTION_WEIGHT = 2.0
STRENGTH = 10.0
NO_SUGGESTION = -1
MARGIN = 0.10


@dataclass(frozen=True, slots=True, eq=False)
class ThemeSuggestions:
    """One suggestion per question.

    theme: int, shape (n,); -1 where none is made.
    probability: float, shape (n, n_themes); rows sum to 1.
    """

    theme: NDArray[np.int64]
    probability: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ThemeModel:
    """What was learnt about the themes: a linear score per theme, as few numbers as can be kept.

    coefficients: float32, shape (n_themes, width). intercepts: float32, shape (n_themes,).
    """

    coefficients: NDArray[np.float32]
    intercepts: NDArray[np.float32]

    def to_bytes(self) -> tuple[bytes, bytes]:
        return self.coefficients.astype("<f4").tobytes(), self.intercepts.astype("<f4").tobytes()

    @classmethod
    def from_bytes(cls, coefficients: bytes, intercepts: bytes) -> "ThemeModel":
        """The model that ``to_bytes`` kept."""
        levels = np.frombuffer(intercepts, dtype="<f4")
        slopes = np.frombuffer(coefficients, dtype="<f4")
        return cls(slopes.reshape(len(levels), -1 if len(levels) else 0), levels)


def fit_themes(
    descriptions: NDArray[np.float32], *, examples: NDArray[np.float32], example_themes: NDArray[np.int64]
) -> ThemeModel:
    """Logistic regression on the vectors; every description counts as two examples of its theme.

    descriptions: float32, shape (n_themes, width), one per theme: its name and description.
    examples: float32, shape (n_examples, width), questions that people filed. example_themes: int, shape
        (n_examples,), 0 .. n_themes - 1. Both may be empty.
    Raises: ValueError if an example names a theme that does not exist or the lengths differ.
    """
    from sklearn.linear_model import LogisticRegression

    n_themes, width = descriptions.shape
    if len(examples) != len(example_themes):
        raise ValueError("examples and example_themes must have the same length")
    if len(example_themes) and not 0 <= example_themes.min() <= example_themes.max() < n_themes:
        raise ValueError(f"themes are numbered 0 to {n_themes - 1}")
    if n_themes < 2:
        return ThemeModel(np.zeros((n_themes, width), np.float32), np.zeros(n_themes, np.float32))
    themes = np.concatenate([np.arange(n_themes), example_themes])
    weight = np.ones(len(themes))
    weight[:n_themes] = DESCRIPTION_WEIGHT
    model = LogisticRegression(C=STRENGTH, max_iter=1000)
    model.fit(np.concatenate([descriptions, examples]).astype(np.float64), themes, sample_weight=weight)
    slopes, levels = model.coef_, model.intercept_
    if n_themes == 2:  # of two themes only the second is scored, against nothing
        slopes, levels = np.vstack([np.zeros(width), slopes[0]]), np.array([0.0, levels[0]])
    return ThemeModel(np.ascontiguousarray(slopes, np.float32), levels.astype(np.float32))


def predict_themes(model: ThemeModel, vectors: NDArray[np.float32], *, margin: float = MARGIN) -> ThemeSuggestions:
    """The most probable theme of each question, or none where the second is close: one matrix product.

    vectors: float32, shape (n, width), the questions asked about.
    margin: least lead of the best over the second probability, 0 .. 1.
    """
    scores = vectors.astype(np.float64) @ model.coefficients.T.astype(np.float64) + model.intercepts
    raised = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
    probability = raised / raised.sum(axis=1, keepdims=True)
    return ThemeSuggestions(theme=_clear_winner(probability, margin), probability=probability)


def suggest_themes(
    vectors: NDArray[np.float32],
    *,
    descriptions: NDArray[np.float32],
    examples: NDArray[np.float32],
    example_themes: NDArray[np.int64],
    margin: float = MARGIN,
) -> ThemeSuggestions:
    """``predict_themes`` by what ``fit_themes`` learns from these descriptions and examples; shapes as there."""
    model = fit_themes(descriptions, examples=examples, example_themes=example_themes)
    return predict_themes(model, vectors, margin=margin)


def _clear_winner(probability: NDArray[np.float64], margin: float) -> NDArray[np.int64]:
    n, n_themes = probability.shape
    if n == 0 or n_themes == 0:
        return np.full(n, NO_SUGGESTION, dtype=np.int64)
    ordered = np.sort(probability, axis=1)
    second = ordered[:, -2] if n_themes > 1 else 0.0
    return np.where(ordered[:, -1] - second >= margin, probability.argmax(axis=1), NO_SUGGESTION)
