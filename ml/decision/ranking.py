"""One ranking of a series of rounds: one posterior of all evidence, read per group with its uncertainty.

Where the design of a group falls into components, each component is ranked alone with the group's k; questions
without evidence are then compared with the group's largest component.

The result does not depend on the order of the rows, nor on how questions, panelists and ballots are numbered:
inside, questions are sorted by hash, the others by what they say. Same input and seed, same bytes.

Source: RULES.md section 5; METHODS.md 1b to 1g; docs/decisions/0017.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from ml.decision.ballots import Ballots, ballot_choices
from ml.decision.bands import assign_bands, place_ranges, tie_order
from ml.decision.comparisons import Comparisons, comparison_choices
from ml.decision.crossed_model import DIGITS, Floats, Ints
from ml.decision.ranking_evidence import Evidence, canonical_evidence, given_evidence
from ml.decision.ranking_posterior import CROSSED, ROBUST, Posterior, posterior_of
from ml.decision.ranking_table import INSUFFICIENT, NO_BAND, NO_PLACE, RANKED, SET_ASIDE, RankingTable
from ml.decision.ranking_views import (
    NO_CELL,
    chosen_values,
    divides,
    expected_places,
    group_places,
    is_minority_priority,
    perturbed_places,
    places,
    sensitive_to_method,
)
from ml.decision.scoring import components, interval, plain_means, top_k_probability

# RULES.md section 5.
MIN_RATINGS = 3
SET_ASIDE_BELOW = 0.02
# Our own line: a variance among fewer severities than this is little more than a guess.
FEW_PANELISTS = 5


@dataclass(frozen=True, eq=False)
class _Request:
    """What is asked of the evidence, in the canonical numbering of the questions."""

    group: Ints
    k: Ints
    model: str
    weights: Floats
    is_staged: bool
    seed: int
    n_draws: int


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
    model: str = CROSSED,
    comparisons: Comparisons | None = None,
    ballots: Ballots | None = None,
    panel_group: Ints | None = None,
    criterion_scores: Floats | None = None,
    weights: Floats | None = None,
    staged: bool = False,
) -> RankingTable:
    """Rank the questions of every group from one posterior of all ratings, comparisons and ballots.

    question, panelist: int, shape (n_ratings,). rating: float, shape (n_ratings,), on the rubric's scale.
    group: int, shape (n_questions,); theme x kind, 0 .. n_groups - 1. k: int, shape (n_groups,); places announced.
    tie_hash: shape (n_questions,); salted hashes, all different, of any type that sorts.
    model: ROBUST (M1) or CROSSED (M0). comparisons, ballots: in the same numbering; they may come without ratings.
    panel_group: int, shape (n_panelists,); each panelist's group, such as a region, NO_GROUP (-1) for none.
    criterion_scores: float, shape (n_ratings, n_criteria), NaN if unanswered, with weights: float, shape
    (n_criteria,); what ``rating`` was composed of. staged: whether a first rating may set a question aside.
    Raises: ValueError on hashes that repeat, an index out of range, shapes that do not fit, an unknown model, or
    no evidence at all.
    """
    _check(n_questions, group, tie_hash, model, criterion_scores, weights)
    ratings = (question, panelist, rating, n_questions, n_panelists)
    given = given_evidence(*ratings, panel_group, criterion_scores, comparisons, ballots)
    by_hash = np.argsort(tie_hash, kind="stable")
    place = np.argsort(by_hash)
    request = _Request(group[by_hash], k, model, np.zeros(0) if weights is None else weights, staged, seed, n_draws)
    return _renumbered(_rank_canonical(canonical_evidence(given, place), request), place)


def _check(
    n_questions: int, group: Ints, tie_hash: NDArray, model: str, scores: Floats | None, weights: Floats | None
) -> None:
    if len(np.unique(tie_hash)) != n_questions or len(group) != n_questions:
        raise ValueError("group and tie_hash must hold one value per question, and no hash may repeat.")
    if model not in (CROSSED, ROBUST):
        raise ValueError(f"There is no model {model}.")
    if (scores is None) != (weights is None) or (scores is not None and scores.shape[1] != len(weights)):
        raise ValueError("criterion_scores and weights come together, one column for each weight.")


def _renumbered(table: RankingTable, place: Ints) -> RankingTable:
    array_names = [field.name for field in fields(table) if field.name != "notes"]
    return replace(table, **{name: getattr(table, name)[place] for name in array_names})


# Several BLAS threads would add in another order, and the last bits of the result would change.
@threadpool_limits.wrap(limits=1, user_api="blas")
def _rank_canonical(evidence: Evidence, request: _Request) -> RankingTable:
    posterior = posterior_of(
        evidence, group=request.group, model=request.model, seed=request.seed, n_draws=request.n_draws
    )
    mean, draws = _rounded(posterior.mean), _rounded(posterior.draws)
    component = components(**evidence.design, links=evidence.links())
    cell, cell_group = _cells(request.group, component)
    p_top_k = top_k_probability(draws, group=cell, k=request.k[cell_group])
    level = _evidence_levels(evidence, p_top_k, is_staged=request.is_staged)
    placed = np.where(level == RANKED, cell, NO_CELL)
    low, high = interval(draws)
    band, place_first, place_last = _bands(mean, draws, placed)
    falls_apart = len(cell_group) > len(np.unique(request.group))
    k = request.k[cell_group][cell]
    sensitive, without_kemeny = sensitive_to_method(evidence.ballots, placed, k)
    return RankingTable(
        mean=mean,
        low=_rounded(low),
        high=_rounded(high),
        p_top_k=_rounded(p_top_k),
        expected_place=_rounded(expected_places(draws, placed)),
        **_counts(evidence),
        band=band,
        place_first=place_first,
        place_last=place_last,
        **_views(evidence, posterior, request, placed, k),
        method_sensitive=sensitive,
        component=component,
        evidence=level,
        draws=draws,
        notes=(*posterior.notes, *_notes(evidence, falls_apart=falls_apart, without_kemeny=without_kemeny)),
    )


def _counts(evidence: Evidence) -> dict[str, NDArray]:
    """The columns that count what was said."""
    means = plain_means(question=evidence.question, rating=evidence.rating, n_questions=evidence.n_questions)
    return {
        "plain_mean": _rounded(means),
        "n_ratings": evidence.n_ratings,
        "n_comparisons": evidence.n_comparisons,
        "n_ballots": evidence.n_ballots,
        "divided": divides(evidence),
    }


def _views(evidence: Evidence, posterior: Posterior, request: _Request, cell: Ints, k: Ints) -> dict[str, NDArray]:
    """The columns that read the evidence in other ways; ``k`` holds each question's places announced."""
    compared = comparison_choices(evidence.comparisons, evidence.n_questions)
    ordered = ballot_choices(evidence.ballots, evidence.n_questions)
    by_groups, first_of_groups = group_places(evidence, cell)
    best, worst = perturbed_places(evidence, posterior.crossed, request.weights, cell, seed=request.seed)
    return {
        "place_by_ratings": places(posterior.mean_by_ratings, cell),
        "place_by_comparisons": places(chosen_values(compared), cell),
        "place_by_ballots": places(chosen_values(ordered), cell),
        "place_by_groups": by_groups,
        "first_of_groups": first_of_groups,
        "minority_priority": is_minority_priority(first_of_groups, posterior.mean, cell, k),
        "place_best": best,
        "place_worst": worst,
    }


def _cells(group: Ints, component: Ints) -> tuple[Ints, Ints]:
    """Cell of each question, and the group of each cell: one cell per group and comparable component."""
    comparable = component.copy()
    for label in np.unique(group):
        members = group == label
        sizes = np.bincount(component[members & (component >= 0)], minlength=1)
        comparable[members & (component < 0)] = sizes.argmax()
    pairs, cell = np.unique(np.column_stack([group, comparable]), axis=0, return_inverse=True)
    return cell, pairs[:, 0]


def _evidence_levels(evidence: Evidence, p_top_k: Floats, *, is_staged: bool) -> NDArray[np.str_]:
    n_ratings = evidence.n_ratings
    if len(evidence.rating):
        is_ranked = n_ratings >= MIN_RATINGS
    else:
        is_ranked = np.maximum(evidence.n_comparisons, evidence.n_ballots) >= MIN_RATINGS
    is_aside = is_staged & (n_ratings > 0) & (p_top_k < SET_ASIDE_BELOW)
    return np.where(is_ranked, RANKED, np.where(is_aside, SET_ASIDE, INSUFFICIENT))


def _bands(mean: Floats, draws: Floats, cell: Ints) -> tuple[Ints, Ints, Ints]:
    """Band, first and last place inside each cell; questions of NO_CELL get none."""
    band = np.full(len(mean), NO_BAND)
    first = np.full(len(mean), NO_PLACE)
    last = np.full(len(mean), NO_PLACE)
    for label in np.unique(cell[cell != NO_CELL]):
        members = np.flatnonzero(cell == label)
        # The questions are in the order of their hashes already.
        order = tie_order(mean[members], members)
        band[members] = assign_bands(draws=draws[members], order=order)
        first[members], last[members] = place_ranges(band[members])
    return band, first, last


def _notes(evidence: Evidence, *, falls_apart: bool, without_kemeny: bool) -> tuple[str, ...]:
    notes = []
    if len(evidence.rating) and evidence.n_panelists < FEW_PANELISTS:
        notes.append("too_few_panelists")
    if falls_apart:
        notes.append("disconnected_design")
    if without_kemeny:
        notes.append("without_kemeny")
    return tuple(notes)


def _rounded(values: Floats) -> Floats:
    """Rounded to 1e-9; adding zero turns -0.0, whose bytes differ, into 0.0."""
    return np.round(values, DIGITS) + 0.0
