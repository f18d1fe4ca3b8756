"""The ratings of a run as numbers on the rubric's scale."""

from typing import NamedTuple

import numpy as np

from ml.decision.scoring import composite_rating


class RatingValue(NamedTuple):
    """The rating that one panelist, a number without a meaning, gave to the question of this index."""

    question: int
    panelist: int
    value: float


def rating_values(inputs: dict) -> list[RatingValue]:
    """Every rating of a run, in its order; less than half of the weight answered is none."""
    weights = np.array([criterion["weight"] for criterion in inputs["criteria"]], dtype=float)
    scores = np.array([scores for _, _, scores in inputs["ratings"]], dtype=float).reshape(-1, len(weights))
    values = composite_rating(scores, weights).tolist()
    given = (RatingValue(row[0], row[1], value) for row, value in zip(inputs["ratings"], values, strict=True))
    return [rating for rating in given if not np.isnan(rating.value)]
