"""What panelists said of a series of rounds, brought into an order that does not depend on how it was numbered."""

from dataclasses import dataclass

import numpy as np

from ml.decision.ballots import Ballots
from ml.decision.comparisons import Comparisons
from ml.decision.crossed_model import Floats, Ints
from ml.decision.scoring import check_ratings

NO_GROUP = -1


@dataclass(frozen=True, eq=False)
class Evidence:
    """Ratings, comparisons and ballots in one numbering of the questions.

    question, panelist, rating: shape (n_ratings,). panel_group: int, shape (n_panelists,), NO_GROUP for none.
    criterion_scores: shape (n_ratings, n_criteria), possibly without any criterion.
    """

    question: Ints
    panelist: Ints
    rating: Floats
    n_questions: int
    n_panelists: int
    panel_group: Ints
    criterion_scores: Floats
    comparisons: Comparisons
    ballots: Ballots

    @property
    def design(self) -> dict:
        names = ("question", "panelist", "n_questions", "n_panelists")
        return {name: getattr(self, name) for name in names}

    @property
    def n_ratings(self) -> Ints:
        return np.bincount(self.question, minlength=self.n_questions)

    @property
    def n_comparisons(self) -> Ints:
        both = np.concatenate([self.comparisons.first, self.comparisons.second])
        return np.bincount(both, minlength=self.n_questions)

    @property
    def n_ballots(self) -> Ints:
        """Ballots on which each question was offered, placed or not."""
        return np.bincount(self.ballots.item, minlength=self.n_questions)

    def links(self) -> tuple[Ints, Ints]:
        """Pairs of questions that a comparison or a ballot puts beside one another."""
        order = np.lexsort((self.ballots.item, self.ballots.ballot))
        ballot, item = self.ballots.ballot[order], self.ballots.item[order]
        same = ballot[1:] == ballot[:-1]
        first = np.concatenate([self.comparisons.first, item[:-1][same]])
        return first, np.concatenate([self.comparisons.second, item[1:][same]])


def given_evidence(
    question: Ints,
    panelist: Ints,
    rating: Floats,
    n_questions: int,
    n_panelists: int,
    panel_group: Ints | None,
    criterion_scores: Floats | None,
    comparisons: Comparisons | None,
    ballots: Ballots | None,
) -> Evidence:
    """Evidence with nothing in the place of what was not given."""
    nothing = np.zeros(0, dtype=np.int64)
    return Evidence(
        question=question,
        panelist=panelist,
        rating=rating,
        n_questions=n_questions,
        n_panelists=n_panelists,
        panel_group=np.full(n_panelists, NO_GROUP) if panel_group is None else panel_group,
        criterion_scores=np.zeros((len(rating), 0)) if criterion_scores is None else criterion_scores,
        comparisons=comparisons or Comparisons(nothing, nothing, np.zeros(0)),
        ballots=ballots or Ballots(nothing, nothing, nothing),
    )


def canonical_evidence(given: Evidence, place: Ints) -> Evidence:
    """The same evidence with questions renumbered by ``place``, panelists and ballots by what they said, rows sorted.

    Raises: ValueError as ``check_ratings``, unless there are comparisons or ballots instead of ratings, and where an
    index or a shape does not fit.
    """
    _check(given)
    question = place[given.question]
    panelist = _renumbered(_said_by_panelists(given, question), given.panelist)
    n_panelists = int(panelist.max(initial=-1)) + 1
    panel_group = np.full(n_panelists, NO_GROUP)
    panel_group[panelist] = given.panel_group[given.panelist]
    scores = given.criterion_scores
    rows = np.lexsort((*scores.T, given.rating, panelist, question))
    return Evidence(
        question=question[rows],
        panelist=panelist[rows],
        rating=given.rating[rows],
        n_questions=given.n_questions,
        n_panelists=n_panelists,
        panel_group=panel_group,
        criterion_scores=scores[rows],
        comparisons=_canonical_comparisons(given.comparisons, place),
        ballots=_canonical_ballots(given.ballots, place),
    )


def _check(given: Evidence) -> None:
    n_choices = len(given.comparisons.share) + len(given.ballots.item)
    if len(given.rating) or not n_choices:
        check_ratings(given.question, given.panelist, given.rating, given.n_questions, given.n_panelists)
    if len(given.panel_group) != given.n_panelists or len(given.criterion_scores) != len(given.rating):
        raise ValueError("panel_group must hold one value per panelist, criterion_scores one row per rating.")
    chosen = np.concatenate([given.comparisons.first, given.comparisons.second, given.ballots.item])
    if len(chosen) and (chosen.min() < 0 or chosen.max() >= given.n_questions):
        raise ValueError(f"A question index is outside 0 .. {given.n_questions - 1}.")


def _said_by_panelists(given: Evidence, question: Ints) -> dict[int, list[tuple]]:
    said: dict[int, list[tuple]] = {}
    scores = np.nan_to_num(given.criterion_scores, nan=-np.inf)
    for row in np.lexsort((*scores.T, given.rating, question)):
        panelist = int(given.panelist[row])
        of_row = (int(question[row]), float(given.rating[row]), *scores[row].tolist())
        said.setdefault(panelist, [(int(given.panel_group[panelist]),)]).append(of_row)
    return said


def _renumbered(said: dict[int, list[tuple]], index: Ints) -> Ints:
    """New index of each row's owner; owners who said exactly the same are exchangeable, in whatever order."""
    new_index = {old: new for new, old in enumerate(sorted(said, key=said.__getitem__))}
    return np.array([new_index[int(old)] for old in index], dtype=np.int64)


def _canonical_comparisons(given: Comparisons, place: Ints) -> Comparisons:
    first, second = place[given.first], place[given.second]
    swap = first > second
    low, high = np.where(swap, second, first), np.where(swap, first, second)
    share = np.where(swap, 1.0 - given.share, given.share)
    rows = np.lexsort((share, high, low))
    return Comparisons(low[rows], high[rows], share[rows])


def _canonical_ballots(given: Ballots, place: Ints) -> Ballots:
    item = place[given.item]
    said: dict[int, list[tuple]] = {}
    for row in np.argsort(item, kind="stable"):
        said.setdefault(int(given.ballot[row]), []).append((int(item[row]), int(given.place[row])))
    ballot = _renumbered(said, given.ballot)
    rows = np.lexsort((item, ballot))
    return Ballots(ballot[rows], item[rows], np.asarray(given.place)[rows])
