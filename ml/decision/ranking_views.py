"""Other readings of the same evidence, shown beside a ranking: each source's own places, groups of panelists, weights.

None of them changes the ranking. Places are counted inside a cell among its ranked questions; ties share a place.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from ml.decision.ballots import Ballots, method_sensitive
from ml.decision.choices import Choices, fit_choices, lone_prior
from ml.decision.crossed_model import DIGITS, Floats, Ints
from ml.decision.ranking_evidence import NO_GROUP, Evidence
from ml.decision.ranking_table import NO_PLACE
from ml.decision.scoring import CrossedFit, crossed_values, fit_crossed_model, plain_means

Bools = NDArray[np.bool_]

NO_CELL = -1

# A group's own first five are its priorities; one that is not among the combined first 25 is a minority's
# (METHODS.md 1g; the guidebook of the James Lind Alliance).
FIRST_OF_GROUP = 5
COMBINED_FIRST = 25
# Or not among this many times k, if those are fewer: what a second stage would look at (RULES.md section 5).
STAGE_FACTOR = 2.5
N_PERTURBATIONS = 200
# Weights are drawn from a Dirichlet whose parameters are this times the weights: one of 0.25 varies by 0.06.
CONCENTRATION = 50.0
# A question divides its panelists if more than this share is at either end of the rubric (METHODS.md 1f).
DIVIDING_SHARE = 0.25
LOW_RATING, HIGH_RATING = 2.0, 4.0


def places(value: Floats, cell: Ints) -> Ints:
    """Place by value in each cell, 1 for the greatest; NO_PLACE in NO_CELL or where the value is NaN.

    value: float, cell: int, shape (n_questions,); NO_CELL for what has no place. Returns: int, shape (n_questions,).
    """
    result = np.full(len(value), NO_PLACE)
    for members in _cells(np.where(np.isnan(value), NO_CELL, cell)):
        result[members] = rankdata(-np.round(value[members], DIGITS), method="min")
    return result


def expected_places(draws: Floats, cell: Ints) -> Floats:
    """Mean place in its cell over the draws, shape (n_questions,); NaN in NO_CELL."""
    result = np.full(len(draws), np.nan)
    for members in _cells(cell):
        result[members] = rankdata(-draws[members], axis=0).mean(axis=1)
    return result


def chosen_values(choices: Choices) -> Floats:
    """Values in logits from these choices alone, shape (n_items,); NaN for what was never chosen from."""
    result = np.full(choices.n_items, np.nan)
    chosen = choices.chosen_from
    if len(chosen):
        mean, covariance = lone_prior(len(chosen))
        result[chosen] = fit_choices(choices.among(chosen), mean=mean, covariance=covariance, kappa=1.0).value
    return result


def group_places(evidence: Evidence, cell: Ints) -> tuple[Ints, Bools]:
    """Places where every group of panelists weighs the same, and whether a question is among a group's first five.

    Each group's ratings are fitted and ranked alone; a question's standing is its mean rank, as a share of those
    that the group rated, over the groups that rated it. Where a group rated no more than five, or five are not told
    apart from the next, it has no first five.
    Returns: int, shape (n_questions,); bool, shape (n_questions, n_groups).
    """
    group = evidence.panel_group[evidence.panelist]
    n_groups = int(evidence.panel_group.max(initial=NO_GROUP)) + 1
    standing = np.full((n_groups, evidence.n_questions), np.nan)
    first = np.zeros((evidence.n_questions, n_groups), dtype=bool)
    for label in np.unique(group[group != NO_GROUP]):
        value = np.round(_values_of(evidence, group == label), DIGITS)
        for members in _cells(np.where(np.isnan(value), NO_CELL, cell)):
            standing[label, members] = (rankdata(-value[members]) - 0.5) / len(members)
            if len(members) > FIRST_OF_GROUP:
                first[members, label] = rankdata(-value[members], method="max") <= FIRST_OF_GROUP
    known = ~np.isnan(standing)
    total = np.where(known, standing, 0.0).sum(axis=0)
    mean = np.divide(total, known.sum(axis=0), out=np.full(evidence.n_questions, np.nan), where=known.any(axis=0))
    return places(-mean, cell), first


def is_minority_priority(first_of_groups: Bools, mean: Floats, cell: Ints, k: Ints) -> Bools:
    """Whether a question is among some group's first five and not among the combined first.

    k: int, shape (n_questions,); places announced in the question's cell.
    """
    limit = np.minimum(COMBINED_FIRST, np.ceil(STAGE_FACTOR * k))
    return first_of_groups.any(axis=1) & (places(mean, cell) > limit)


def perturbed_places(
    evidence: Evidence, fit: CrossedFit | None, weights: Floats, cell: Ints, *, seed: int
) -> tuple[Ints, Ints]:
    """Best and worst place of each question, shape (n_questions,), under weights drawn around the given ones.

    200 draws from a Dirichlet distribution with parameters 50 x weight. Values are the crossed model's with its
    variances held. NO_PLACE without criteria, or where nothing was rated.
    """
    best = np.full(evidence.n_questions, NO_PLACE)
    if fit is None or len(weights) == 0:
        return best, best
    share = weights / weights.sum()
    used = share > 0
    random = np.random.default_rng(seed)
    drawn = random.dirichlet(CONCENTRATION * share[used], N_PERTURBATIONS).T
    scores = evidence.criterion_scores[:, used]
    answered = ~np.isnan(scores)
    ratings = (np.where(answered, scores, 0.0) @ drawn) / (answered @ drawn)
    values = crossed_values(fit, question=evidence.question, panelist=evidence.panelist, ratings=ratings)
    values[evidence.n_ratings == 0] = np.nan
    each = np.array([places(one, cell) for one in values.T])
    return each.min(axis=0), each.max(axis=0)


def sensitive_to_method(ballots: Ballots, cell: Ints, k: Ints) -> tuple[Bools, bool]:
    """Whether the rules of counting ballots disagree on a question's place among the first k of its cell.

    k: int, shape (n_questions,); places announced in the question's cell.
    Returns: bool, shape (n_questions,); and whether Kemeny had to be left out, as some cell has no proven order.
    """
    result, without_kemeny = np.zeros(len(cell), dtype=bool), False
    for members in _cells(cell):
        inside = np.isin(ballots.item, members)
        if inside.any():
            own = Ballots(ballots.ballot[inside], ballots.item[inside], ballots.place[inside])
            of_cell, left_out = method_sensitive(own, n_items=len(cell), k=int(k[members[0]]))
            result, without_kemeny = result | of_cell, without_kemeny or left_out
    return result, without_kemeny


def divides(evidence: Evidence) -> Bools:
    """Whether more than a quarter of a question's ratings are 2 or less, and more than a quarter 4 or more."""
    n = np.maximum(evidence.n_ratings, 1)
    low = np.bincount(evidence.question[evidence.rating <= LOW_RATING], minlength=evidence.n_questions)
    high = np.bincount(evidence.question[evidence.rating >= HIGH_RATING], minlength=evidence.n_questions)
    return (low > DIVIDING_SHARE * n) & (high > DIVIDING_SHARE * n)


def _values_of(evidence: Evidence, rows: Bools) -> Floats:
    """The crossed model's values from some of the ratings; NaN for questions that these do not rate.

    Plain means where the search for the variances finds no end, as it may with a handful of ratings: a reading beside
    the ranking must not keep the ranking from being frozen.
    """
    means = dict(question=evidence.question[rows], rating=evidence.rating[rows], n_questions=evidence.n_questions)
    plain = plain_means(**means)
    try:
        fit = fit_crossed_model(panelist=evidence.panelist[rows], n_panelists=evidence.n_panelists, **means)
    except RuntimeError:
        return plain
    return np.where(np.isnan(plain), np.nan, fit.mean + fit.question_effect)


def _cells(cell: Ints) -> Iterator[Ints]:
    for label in np.unique(cell[cell != NO_CELL]):
        yield np.flatnonzero(cell == label)
