"""The stored inputs of a run as the arrays that its model takes."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ml.decision.ballots import Ballots
from ml.decision.comparisons import Comparisons
from ml.decision.scoring import composite_rating


@dataclass(frozen=True, eq=False)
class Arrays:
    """Votes by index of question and panelist; ``group`` is the theme of each question.

    scores: what the ratings are composed of, shape (n_ratings, n_criteria). n_votes: ratings of each question, or,
    where nothing was rated at all, the comparisons or ballots it is in.
    """

    question: np.ndarray
    panelist: np.ndarray
    rating: np.ndarray
    scores: np.ndarray
    weights: np.ndarray
    n_panelists: int
    panel_group: np.ndarray | None
    comparisons: Comparisons
    ballots: Ballots
    group: np.ndarray
    n_votes: np.ndarray

    def rows(self) -> Iterator[tuple[int, int, float]]:
        """(question, panelist, rating) of every rating."""
        return zip(self.question.tolist(), self.panelist.tolist(), self.rating.tolist(), strict=True)

    def for_model(self) -> dict:
        """Everything that panelists said, by the names that the model has for it."""
        return {
            "question": self.question,
            "panelist": self.panelist,
            "rating": self.rating,
            "n_questions": len(self.group),
            "n_panelists": self.n_panelists,
            "comparisons": self.comparisons,
            "ballots": self.ballots,
            "panel_group": self.panel_group,
            "criterion_scores": self.scores,
            "weights": self.weights,
        }


def arrays_of(inputs: dict) -> Arrays:
    """A rating needs half of the weight answered; runs from before comparisons counted have none."""
    weights = np.array([criterion["weight"] for criterion in inputs["criteria"]], dtype=float)
    scores = np.array([scores for _, _, scores in inputs["ratings"]], dtype=float).reshape(-1, len(weights))
    rating = composite_rating(scores, weights)
    answered = ~np.isnan(rating)
    question = _ints([question for question, _, _ in inputs["ratings"]])[answered]
    panelist = _ints([panelist for _, panelist, _ in inputs["ratings"]])[answered]
    groups = inputs.get("group_of_panelist")
    comparisons, ballots = _comparisons(inputs), _ballots(inputs)
    n_questions = len(inputs["questions"])
    return Arrays(
        question=question,
        panelist=panelist,
        rating=rating[answered],
        scores=scores[answered],
        weights=weights,
        n_panelists=len(groups) if groups is not None else int(panelist.max(initial=-1)) + 1,
        # One group alone weighs like all of them.
        panel_group=_ints(groups) if groups is not None and len(set(groups)) > 1 else None,
        comparisons=comparisons,
        ballots=ballots,
        group=_ints([inputs["themes"].index(question["theme"]) for question in inputs["questions"]]),
        n_votes=_n_votes(question, comparisons, ballots, n_questions),
    )


def _n_votes(question: np.ndarray, comparisons: Comparisons, ballots: Ballots, n_questions: int) -> np.ndarray:
    if len(question):
        return np.bincount(question, minlength=n_questions)
    compared = np.bincount(np.concatenate([comparisons.first, comparisons.second]), minlength=n_questions)
    return np.maximum(compared, np.bincount(ballots.item, minlength=n_questions))


def _comparisons(inputs: dict) -> Comparisons:
    given = inputs.get("comparisons", ())
    first, second, _panelist, share = zip(*given, strict=True) if given else ((), (), (), ())
    return Comparisons(_ints(first), _ints(second), np.array(share, dtype=float))


def _ballots(inputs: dict) -> Ballots:
    """One row per question of a ballot; place 0 is one that was offered and not placed."""
    given = inputs.get("ballots", ())
    rows = [(n, question, place) for n, (_panelist, places) in enumerate(given) for place, question in places]
    ballot, item, place = zip(*rows, strict=True) if rows else ((), (), ())
    return Ballots(_ints(ballot), _ints(item), _ints(place))


def _ints(values) -> np.ndarray:
    return np.array(values, dtype=np.int64)
