"""What a ranking run announces."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.decision.crossed_model import Floats, Ints

RANKED = "ranked"
SET_ASIDE = "set_aside"
INSUFFICIENT = "insufficient"
NO_BAND = -1
NO_PLACE = 0


@dataclass(frozen=True, eq=False)
class RankingTable:
    """What a run announces; arrays have shape (n_questions,) unless said otherwise, floats rounded to 1e-9.

    Places are counted in a cell: a group, or one component of a group whose design falls apart.

    mean, low, high: value on the rubric's scale with its 5-95 % interval.
    p_top_k: probability to be among the first k of the cell, questions without a place included.
    expected_place: mean place over the draws among the ranked of the cell, NaN if unplaced.
    plain_mean: mean of the ratings, NaN without any.
    n_comparisons, n_ballots: comparisons with the question, ballots on which it was offered.
    band: 0 is the best of its cell, NO_BAND if unplaced.
    place_first, place_last: range of places in the cell, NO_PLACE if unplaced.
    place_by_ratings, place_by_comparisons, place_by_ballots: place by one source alone among the ranked of the cell
    that it says something about, NO_PLACE elsewhere; ties share a place.
    place_by_groups: place where every group of panelists weighs the same, NO_PLACE if unplaced or without groups.
    first_of_groups: bool, shape (n_questions, n_panel_groups); among the group's own first five of the cell,
    if it rated more than five there.
    minority_priority: among some group's own first five, but not among the first 25 (or 2.5 k, if fewer) of all.
    place_best, place_worst: places under 200 perturbed sets of weights, NO_PLACE if unplaced or without criteria.
    method_sensitive: among the first k by Plackett-Luce, Borda or Kemeny, and not by another of them.
    divided: more than a quarter of its ratings are at most 2, and more than a quarter at least 4.
    component: which comparable part of the design, -1 without evidence.
    evidence: RANKED from three ratings on (without any rating: three comparisons or ballots), SET_ASIDE after a
    first rating that leaves no hope, in a staged series, else INSUFFICIENT.
    draws: float, shape (n_questions, n_draws); joint draws of the values, from which all this can be checked.
    notes: keys of what a reader must be told about the run.
    """

    mean: Floats
    low: Floats
    high: Floats
    p_top_k: Floats
    expected_place: Floats
    plain_mean: Floats
    n_ratings: Ints
    n_comparisons: Ints
    n_ballots: Ints
    band: Ints
    place_first: Ints
    place_last: Ints
    place_by_ratings: Ints
    place_by_comparisons: Ints
    place_by_ballots: Ints
    place_by_groups: Ints
    first_of_groups: NDArray[np.bool_]
    minority_priority: NDArray[np.bool_]
    place_best: Ints
    place_worst: Ints
    method_sensitive: NDArray[np.bool_]
    divided: NDArray[np.bool_]
    component: Ints
    evidence: NDArray[np.str_]
    draws: Floats
    notes: tuple[str, ...]
