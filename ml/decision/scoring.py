"""Scores of questions: one rating per review, the crossed model M0, and what is read off its draws."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.linalg import cho_solve, solve_triangular
from scipy.sparse.csgraph import connected_components
from threadpoolctl import threadpool_limits

from ml.decision.crossed_model import (
    ROUNDING,
    SMALLEST_NOISE,
    Design,
    Floats,
    Ints,
    Solution,
    build_design,
    ratio_bounds,
    search_ratios,
    solve,
)


@dataclass(frozen=True, eq=False)
class CrossedFit:
    """Estimates of the crossed model, on the rubric's scale.

    question_effect: float, shape (n_questions,); posterior mean of the question minus ``mean``, 0 if unrated.
    panelist_effect: float, shape (n_panelists,); posterior mean leniency, 0 for who rated nothing.
    question_variance, panelist_variance, residual_variance: REML estimates, in squared rubric points.
    at_boundary: names among "question", "panelist", "residual" of the variances that are (nearly) 0.
    assumed: names of variances that the design cannot tell from the noise; they were taken equal to it.
    posterior: what ``draw_question_values`` needs.
    """

    mean: float
    question_effect: Floats
    panelist_effect: Floats
    question_variance: float
    panelist_variance: float
    residual_variance: float
    at_boundary: tuple[str, ...]
    assumed: tuple[str, ...]
    posterior: "Solution"


def fit_crossed_model(
    *, question: Ints, panelist: Ints, rating: Floats, n_questions: int, n_panelists: int
) -> CrossedFit:
    """Fit ``rating = mean + question effect + panelist effect + noise`` by restricted maximum likelihood.

    question, panelist: int, shape (n_ratings,); index of the question rated and of the panelist who rated.
    rating: float, shape (n_ratings,); on the rubric's scale, all finite.
    A panelist variance that cannot be seen (one panelist, or one rating each) is 0. A question variance that
    cannot be told from the noise (one rating per question) is taken equal to it and named in ``assumed``.
    Sums run in the order of the rows: sort them first where bytes must repeat.
    Raises: ValueError on no ratings, unequal lengths, indexes out of range, or a rating that is not finite;
    RuntimeError should the search for the variances not converge.
    Source: METHODS.md 1b (M0); see the module for the algorithm.
    """
    check_ratings(question, panelist, rating, n_questions, n_panelists)
    centre = float(np.mean(rating))
    design = build_design(question, panelist, rating - centre, n_questions, n_panelists)
    bounds = ratio_bounds(design)
    # Several BLAS threads would add in another order, and the last bits of the result would change.
    constant = bool(np.ptp(rating) <= ROUNDING)
    with threadpool_limits(limits=1, user_api="blas"):
        ratios = np.zeros(2) if constant else search_ratios(design, bounds)
        solution = solve(design, *ratios)
    noise = 0.0 if constant else solution.noise
    return CrossedFit(
        mean=centre + float(solution.common_effect[0]),
        question_effect=solution.question_ratio * solution.question_residual,
        panelist_effect=solution.common_effect[1:],
        question_variance=float(ratios[0]) * noise,
        panelist_variance=float(ratios[1]) * noise,
        residual_variance=noise,
        at_boundary=_names_at_boundary(ratios, solution, design),
        assumed=("question",) if bounds[0] == (1.0, 1.0) and not constant else (),
        posterior=solution,
    )


def draw_question_values(fit: CrossedFit, *, n_draws: int, seed: int) -> Floats:
    """Draw question values (mean + question effect) from their exact joint posterior at the fitted variances.

    Returns: float, shape (n_questions, n_draws), on the rubric's scale. The same seed gives the same bytes.
    """
    solution = fit.posterior
    random = np.random.default_rng(seed)
    noise = np.sqrt(fit.residual_variance)
    with threadpool_limits(limits=1, user_api="blas"):
        common = random.standard_normal((solution.scale.size, n_draws))
        common = solve_triangular(solution.factor, common, lower=True, trans="T")
    common *= noise * solution.scale[:, None]
    shrinkage = solution.question_ratio / solution.question_precision
    draws = random.standard_normal((shrinkage.size, n_draws))
    draws *= noise * np.sqrt(shrinkage)[:, None]
    draws -= (solution.cross_counts @ common) * shrinkage[:, None]
    draws += common[0]
    draws += (fit.mean + fit.question_effect)[:, None]
    return draws


def crossed_values(fit: CrossedFit, *, question: Ints, panelist: Ints, ratings: Floats) -> Floats:
    """Question values for other ratings of the design that was fitted, at the fitted variances.

    question, panelist: int, shape (n_ratings,), as they were fitted. ratings: float, shape (n_ratings, n_versions).
    Returns: float, shape (n_questions, n_versions), on the rubric's scale.
    """
    solution = fit.posterior
    rows = np.arange(len(question))
    n_questions, n_common = solution.cross_counts.shape
    centre = ratings.mean(axis=0)
    centred = ratings - centre
    ones = np.ones(len(rows))
    question_sums = sp.csr_array((ones, (question, rows)), shape=(n_questions, len(rows))) @ centred
    panelist_sums = sp.csr_array((ones, (panelist, rows)), shape=(n_common - 1, len(rows))) @ centred
    shrinkage = solution.question_ratio / solution.question_precision
    sums = np.vstack([centred.sum(axis=0), panelist_sums])
    sums -= solution.cross_counts.T @ (shrinkage[:, None] * question_sums)
    scale = solution.scale[:, None]
    with threadpool_limits(limits=1, user_api="blas"):
        common = scale * cho_solve((solution.factor, True), scale * sums)
    return centre + common[0] + shrinkage[:, None] * (question_sums - solution.cross_counts @ common)


def composite_rating(scores: Floats, weights: Floats) -> Floats:
    """Weighted mean over the answered criteria of each review.

    scores: float, shape (n_ratings, n_criteria); NaN where a criterion was left unanswered.
    weights: float, shape (n_criteria,); at least 0, not all 0.
    Returns: float, shape (n_ratings,); NaN where less than half of the weight was answered.
    Raises: ValueError on a negative weight or weights that are all 0.
    Source: RULES.md section 5.
    """
    if (weights < 0).any() or weights.sum() <= 0:
        raise ValueError("Weights must be at least 0, and one of them more.")
    answered = ~np.isnan(scores)
    answered_weight = answered @ weights
    enough = answered_weight >= weights.sum() * (0.5 - ROUNDING)
    total = np.where(answered, scores, 0.0) @ weights
    return np.divide(total, answered_weight, out=np.full(len(scores), np.nan), where=enough)


def places_announced(n_questions: Ints, n_places: int) -> Ints:
    """How many of each group are announced as its first: at most a third of them, at least one.

    n_questions: int, shape (n_groups,). n_places: the most that a group announces. Returns: int, shape (n_groups,).
    Source: RULES.md section 5.
    """
    return np.clip(n_questions // 3, 1, n_places)


def plain_means(*, question: Ints, rating: Floats, n_questions: int) -> Floats:
    """Mean rating of each question, shape (n_questions,); NaN where there is none."""
    count = np.bincount(question, minlength=n_questions)
    total = np.bincount(question, rating, n_questions)
    return np.divide(total, count, out=np.full(n_questions, np.nan), where=count > 0)


def interval(draws: Floats, level: float = 0.90) -> tuple[Floats, Floats]:
    """Central interval of each question, two arrays of shape (n_questions,).

    draws: float, shape (n_questions, n_draws). level: share of the draws inside; 0.90 gives 5-95 %.
    """
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(draws, [tail, 1.0 - tail], axis=1)
    return low, high


def top_k_probability(draws: Floats, *, group: Ints, k: Ints) -> Floats:
    """Share of the draws in which a question is among the first k of its group.

    draws: float, shape (n_questions, n_draws). group: int, shape (n_questions,), 0 .. n_groups - 1.
    k: int, shape (n_groups,); all of a group counts as its first k when it is smaller.
    Questions tied at the last place share what is left of it, so a group's probabilities sum to its k.
    Returns: float, shape (n_questions,).
    Source: METHODS.md 1b.
    """
    probability = np.empty(len(draws))
    for label in np.unique(group):
        members = np.flatnonzero(group == label)
        probability[members] = _share_of_first(draws[members], min(int(k[label]), len(members)))
    return probability


def _share_of_first(draws: Floats, n_places: int) -> Floats:
    if n_places == 0:
        return np.zeros(len(draws))
    last_value = np.partition(draws, -n_places, axis=0)[-n_places]
    above = draws > last_value
    tied = draws == last_value
    share = (n_places - above.sum(axis=0)) / tied.sum(axis=0)
    return (above + tied * share).mean(axis=1)


def components(
    *,
    question: Ints,
    panelist: Ints,
    n_questions: int,
    n_panelists: int,
    links: tuple[Ints, Ints] | None = None,
) -> Ints:
    """Connected component of each question in the graph of who rated what.

    links: pairs of questions that something else puts beside one another, a comparison or a ballot.
    Questions in different components share no panelist, not even through others: their severities were never
    compared. Returns: int, shape (n_questions,); 0, 1, .. in the order of each component's first question,
    and -1 for a question that is neither rated nor linked.
    """
    n_nodes = n_questions + n_panelists
    left, right = links if links is not None else (question[:0], question[:0])
    ends = (np.concatenate([question, left]), np.concatenate([n_questions + panelist, right]))
    graph = sp.coo_array((np.ones(len(ends[0])), ends), shape=(n_nodes, n_nodes))
    _, labels = connected_components(graph, directed=False)
    rated = np.bincount(np.concatenate([question, left, right]), minlength=n_questions) > 0
    _, first, compact = np.unique(labels[:n_questions][rated], return_index=True, return_inverse=True)
    result = np.full(n_questions, -1)
    result[rated] = np.argsort(np.argsort(first))[compact]
    return result


def check_ratings(question: Ints, panelist: Ints, rating: Floats, n_questions: int, n_panelists: int) -> None:
    """Raise ValueError unless there are ratings, finite, of one length, with indexes in range."""
    if len(rating) == 0:
        raise ValueError("There are no ratings.")
    if not (len(question) == len(panelist) == len(rating)):
        raise ValueError("question, panelist and rating must have one length.")
    if not np.isfinite(rating).all():
        raise ValueError("Every rating must be a finite number.")
    for name, index, size in (("question", question, n_questions), ("panelist", panelist, n_panelists)):
        if index.min() < 0 or index.max() >= size:
            raise ValueError(f"A {name} index is outside 0 .. {size - 1}.")


def _names_at_boundary(ratios: Floats, solution: Solution, design: Design) -> tuple[str, ...]:
    names = [name for name, ratio in zip(("question", "panelist"), ratios, strict=True) if ratio == 0.0]
    if solution.penalized_squares <= SMALLEST_NOISE * design.square_sum:
        names.append("residual")
    return tuple(names)
