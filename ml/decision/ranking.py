"""One ranking of a round: the crossed model over everything, read per group with its uncertainty."""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from ml.decision.bands import assign_bands, place_ranges, tie_order
from ml.decision.crossed_model import DIGITS, Floats, Ints
from ml.decision.scoring import (
    CrossedFit,
    check_ratings,
    components,
    draw_question_values,
    fit_crossed_model,
    interval,
    plain_means,
    top_k_probability,
)

RANKED = "ranked"
INSUFFICIENT = "insufficient"
NO_PLACE = 0
NO_BAND = -1

# RULES.md section 5.
MIN_RATINGS = 3
# Our own line: a variance among fewer severities than this is little more than a guess.
FEW_PANELISTS = 5


@dataclass(frozen=True, eq=False)
class RankingTable:
    """What a run announces; every array has shape (n_questions,), floats rounded to 1e-9.

    mean, low, high: value on the rubric's scale with its 5-95 % interval.
    p_top_k: probability to be among the first k of the cell, questions without a place included.
    plain_mean: mean of the ratings, NaN without any.
    band: 0 is the best of its cell, NO_BAND if unplaced.
    place_first, place_last: range of places in the cell, NO_PLACE if unplaced.
    component: which comparable part of the design, -1 without ratings.
    cell: where places are counted: a group, or one component of a group whose design falls apart.
    evidence: RANKED from three ratings on, else INSUFFICIENT.
    notes: keys of what a reader must be told about the run.
    """

    mean: Floats
    low: Floats
    high: Floats
    p_top_k: Floats
    plain_mean: Floats
    n_ratings: Ints
    n_panelists: Ints
    band: Ints
    place_first: Ints
    place_last: Ints
    component: Ints
    cell: Ints
    evidence: NDArray[np.str_]
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Round:
    """The ratings in canonical order: questions by hash, panelists by what they said, rows by both."""

    question: Ints
    panelist: Ints
    rating: Floats
    n_questions: int
    n_panelists: int


def rank(
    *,
    question: Ints,
    panelist: Ints,
    rating: Floats,
    group: Ints,
    k: Ints,
    n_questions: int,
    n_panelists: int,
    tie_hash: NDArray,
    seed: int,
    n_draws: int = 2000,
) -> RankingTable:
    """Rank the questions of every group from one model over all ratings.

    question, panelist: int, shape (n_ratings,). rating: float, shape (n_ratings,), on the rubric's scale.
    group: int, shape (n_questions,); theme x kind, 0 .. n_groups - 1.
    k: int, shape (n_groups,); places announced in each group.
    tie_hash: shape (n_questions,); salted hashes, all different, of any type that sorts.
    Where the design of a group falls into components, each component is ranked alone with the group's k;
    questions without ratings are then compared with the group's largest component.
    The result does not depend on the order of the rows, nor on how questions and panelists are numbered:
    inside, questions are sorted by hash, panelists by their own ratings, rows by both. Same input and seed,
    same bytes.
    Raises: ValueError on hashes that repeat, on a group per question that is missing, on a panelist index
    outside 0 .. n_panelists - 1, and as ``fit_crossed_model``.
    Source: RULES.md section 5; METHODS.md 1b, 1g.
    """
    if len(np.unique(tie_hash)) != n_questions or len(group) != n_questions:
        raise ValueError("group and tie_hash must hold one value per question, and no hash may repeat.")
    check_ratings(question, panelist, rating, n_questions, n_panelists)
    by_hash = np.argsort(tie_hash, kind="stable")
    place = np.argsort(by_hash)
    ratings = _canonical_round(place[question], panelist, rating, n_questions)
    table = _rank_canonical(ratings, group=group[by_hash], k=k, seed=seed, n_draws=n_draws)
    array_names = [field.name for field in fields(table) if field.name != "notes"]
    return replace(table, **{name: getattr(table, name)[place] for name in array_names})


def _canonical_round(question: Ints, panelist: Ints, rating: Floats, n_questions: int) -> _Round:
    given: dict[int, list[tuple[int, float]]] = {}
    for row in np.lexsort((rating, question)):
        given.setdefault(int(panelist[row]), []).append((int(question[row]), float(rating[row])))
    # Panelists who said exactly the same are exchangeable, so their order among themselves changes nothing.
    new_index = {old: new for new, old in enumerate(sorted(given, key=given.__getitem__))}
    panelist = np.array([new_index[int(old)] for old in panelist], dtype=np.int64)
    rows = np.lexsort((rating, panelist, question))
    return _Round(question[rows], panelist[rows], rating[rows], n_questions, len(given))


def _rank_canonical(ratings: _Round, *, group: Ints, k: Ints, seed: int, n_draws: int) -> RankingTable:
    design = {
        "question": ratings.question,
        "panelist": ratings.panelist,
        "n_questions": ratings.n_questions,
        "n_panelists": ratings.n_panelists,
    }
    fit = fit_crossed_model(rating=ratings.rating, **design)
    draws = draw_question_values(fit, n_draws=n_draws, seed=seed)
    component = components(**design)
    cell, cell_group = _cells(group, component)
    mean = _rounded(fit.mean + fit.question_effect)
    n_ratings = np.bincount(ratings.question, minlength=ratings.n_questions)
    ranked = n_ratings >= MIN_RATINGS
    low, high = interval(draws)
    means = plain_means(question=ratings.question, rating=ratings.rating, n_questions=ratings.n_questions)
    band, place_first, place_last = _places(mean, draws, np.where(ranked, cell, -1))
    return RankingTable(
        mean=mean,
        low=_rounded(low),
        high=_rounded(high),
        p_top_k=_rounded(top_k_probability(draws, group=cell, k=k[cell_group])),
        plain_mean=_rounded(means),
        n_ratings=n_ratings,
        n_panelists=_n_panelists_per_question(ratings),
        band=band,
        place_first=place_first,
        place_last=place_last,
        component=component,
        cell=cell,
        evidence=np.where(ranked, RANKED, INSUFFICIENT),
        notes=_notes(fit, ratings.n_panelists, falls_apart=len(cell_group) > len(np.unique(group))),
    )


def _cells(group: Ints, component: Ints) -> tuple[Ints, Ints]:
    """Cell of each question, and the group of each cell: one cell per group and comparable component."""
    comparable = component.copy()
    for label in np.unique(group):
        members = group == label
        sizes = np.bincount(component[members & (component >= 0)], minlength=1)
        comparable[members & (component < 0)] = sizes.argmax()
    pairs, cell = np.unique(np.column_stack([group, comparable]), axis=0, return_inverse=True)
    return cell, pairs[:, 0]


def _places(mean: Floats, draws: Floats, cell: Ints) -> tuple[Ints, Ints, Ints]:
    """Band, first and last place inside each cell; questions of cell -1 get none."""
    band = np.full(len(mean), NO_BAND)
    first = np.full(len(mean), NO_PLACE)
    last = np.full(len(mean), NO_PLACE)
    for label in np.unique(cell[cell >= 0]):
        members = np.flatnonzero(cell == label)
        # The questions are in the order of their hashes already.
        order = tie_order(mean[members], members)
        band[members] = assign_bands(draws=draws[members], order=order)
        first[members], last[members] = place_ranges(band[members])
    return band, first, last


def _n_panelists_per_question(ratings: _Round) -> Ints:
    pairs = np.unique(np.column_stack([ratings.question, ratings.panelist]), axis=0)
    return np.bincount(pairs[:, 0], minlength=ratings.n_questions)


def _notes(fit: CrossedFit, n_active: int, *, falls_apart: bool) -> tuple[str, ...]:
    notes = [f"boundary_{name}_variance" for name in fit.at_boundary]
    notes += [f"assumed_{name}_variance" for name in fit.assumed]
    if n_active < FEW_PANELISTS:
        notes.append("too_few_panelists")
    if falls_apart:
        notes.append("disconnected_design")
    return tuple(notes)


def _rounded(values: Floats) -> Floats:
    """Rounded to 1e-9; adding zero turns -0.0, whose bytes differ, into 0.0."""
    return np.round(values, DIGITS) + 0.0
