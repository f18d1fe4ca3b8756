"""Where the panel's next effort goes: ratings by stages, contested questions, pairs of the end-game, and when to stop.

Everything here follows from what is stored and a seed, so a batch can be made again and checked.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from ml.decision.crossed_model import Floats, Ints

Bools = NDArray[np.bool_]

# METHODS.md 1c: the world in which stages were measured gave batches of 200 of 4,800 ratings.
N_SECOND_BATCHES = 2
THIRD_BATCH_SHARE = 200 / 4800
# RULES.md section 5: the second stage looks at 2.5 k places.
WIDER = 2.5
# A rating counts this much less for each one there is.
DIMINISHING = 0.25

# METHODS.md 1f: what is open enough to be rated again after feedback, on a rubric of five points.
OPEN_FROM, OPEN_TO = 0.1, 0.9
WIDE_IQR = 1.0

# METHODS.md 1d.
N_DRAWS = 400
# Noise on the logarithm of a pair's worth, so that a batch is not one knot of near-equal pairs.
SPREAD = 0.15
# A question sure to be in or out is still worth a little.
LEAST_DOUBT = 1e-4
JITTER = 1e-9

SURE_OVERLAP = 0.85
LEAST_GAIN = 0.01
GAIN_BATCHES = 2
MOST_VOTES_PER_QUESTION = 25


@dataclass(frozen=True)
class StagePlan:
    """Ratings in each batch. The stages: one rating each; where the first 2.5 k are open; where the first k are."""

    first: int
    second: tuple[int, ...]
    third: tuple[int, ...]


def stage_plan(*, n_questions: int, n_ratings_in_all: int) -> StagePlan:
    """Share ratings out over three stages: one each, and what is left to halves, the last one in small batches.

    Raises: ValueError if there are not enough ratings for one each.
    Source: METHODS.md 1c (2,000 questions and 4,800 ratings: 2,000, two of 700, seven of 200).
    """
    left = n_ratings_in_all - n_questions
    if n_questions < 1 or left < 0:
        raise ValueError("A staged round needs a question, and at least one rating for each.")
    third = left // 2
    size = max(1.0, n_ratings_in_all * THIRD_BATCH_SHARE)
    return StagePlan(n_questions, _parts(left - third, N_SECOND_BATCHES), _parts(third, round(third / size)))


def _parts(total: int, n_parts: int) -> tuple[int, ...]:
    """As even as whole numbers allow, larger ones first; no part is 0."""
    n_parts = min(max(n_parts, 1), total)
    return tuple(total // n_parts + (part < total % n_parts) for part in range(n_parts))


def second_stage_k(k: Ints) -> Ints:
    """Places that the second stage looks at. k, and what is returned: int, shape (n_groups,)."""
    return np.ceil(WIDER * np.asarray(k)).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Batch:
    """Questions that get one more rating each, in the order of need; random ones are drawn from all alike.

    question: int, all different. is_random: bool, as many.
    """

    question: Ints
    is_random: Bools

    def demand(self, n_questions: int) -> Ints:
        """Panelists that each question needs now, as ``assign_panelists`` takes them."""
        return np.bincount(self.question, minlength=n_questions)


def first_stage(*, n_ratings: Ints) -> Batch:
    """One rating for every question that has none. n_ratings: int, shape (n_questions,); given or promised."""
    question = np.flatnonzero(np.asarray(n_ratings) == 0)
    return Batch(question, np.zeros(len(question), dtype=bool))


def borderline_batch(
    *,
    p_top: Floats,
    n_ratings: Ints,
    n_batch: int,
    seed: int,
    most_per_question: int = 16,
    share_random: float = 0.10,
) -> Batch:
    """One more rating where P(1 - P) / (1 + n / 4) is largest, and for a random share of all questions.

    p_top: float, shape (n_questions,); P(top-k) at the k of the stage. n_ratings: int, as many; given or promised.
    Questions that have ``most_per_question`` ratings get no more. If fewer questions are left than asked for, the
    batch is smaller. Random questions are drawn first and from all alike: they show whether the rule dropped a
    question wrongly. Same input and seed, same batch.
    Source: METHODS.md 1c.
    """
    random = np.random.default_rng(seed)
    eligible = random.permutation(np.flatnonzero(n_ratings < most_per_question))
    n_batch = min(n_batch, len(eligible))
    n_random = math.floor(share_random * n_batch + 0.5)
    drawn, others = eligible[:n_random], eligible[n_random:]
    need = p_top * (1 - p_top) / (1 + DIMINISHING * n_ratings)
    # What is left is in random order, so equal needs are settled by the seed and not by their place in the list.
    wanted = others[np.argsort(-need[others], kind="stable")][: n_batch - n_random]
    return Batch(np.concatenate([wanted, drawn]), np.arange(n_batch) >= n_batch - n_random)


def contested(p_top: Floats, iqr: Floats) -> Bools:
    """Questions to rate again after feedback: it is open whether they are among the best, or opinions are wide apart.

    p_top: float, shape (n_questions,). iqr: as many, interquartile range of the ratings in rubric points; NaN for
    none. Source: METHODS.md 1f.
    """
    return ((p_top > OPEN_FROM) & (p_top < OPEN_TO)) | (np.nan_to_num(iqr) > WIDE_IQR)


@dataclass(frozen=True)
class Pair:
    """Two questions to compare, first < second; whether chance chose them."""

    first: int
    second: int
    is_random: bool


def choose_pairs(
    *,
    mean: Floats,
    covariance: Floats,
    k: int,
    n_pairs: int,
    seed: int,
    share_random: float = 0.10,
    most_per_question: int = 5,
    forbidden: Bools | None = None,
    kappa: float = 1.0,
) -> list[Pair]:
    """Pairs whose outcome is open, tells most about the values, and concerns the border of the first k.

    mean, covariance: posterior of the shortlist, shapes (n_questions,) and (n_questions, n_questions).
    forbidden: bool, as covariance, symmetric; pairs that the panelist may not judge (conflicts) or has seen before.
    most_per_question: appearances of a question in this batch. kappa: steepness of votes, as ``PairFit`` has it.
    The random share is drawn first, from all pairs alike; it comes last in the list. The batch is smaller where
    limits leave no more. Same input and seed, same batch.
    Source: METHODS.md 1d, the "mix" rule.
    """
    random = np.random.default_rng(seed)
    first, second = np.triu_indices(len(mean), 1)
    worth = _worth(mean, covariance, k, kappa, seed)[first, second]
    worth *= np.exp(SPREAD * random.gumbel(size=len(worth)))
    closed = np.zeros((len(mean), len(mean)), dtype=bool) if forbidden is None else forbidden.copy()
    room = np.full(len(mean), most_per_question)
    n_random = math.floor(share_random * n_pairs + 0.5)
    drawn = _take(random.permutation(len(first)), first, second, closed, room, n_random)
    wanted = _take(np.argsort(-worth, kind="stable"), first, second, closed, room, n_pairs - len(drawn))
    return [Pair(*pair, is_random=False) for pair in wanted] + [Pair(*pair, is_random=True) for pair in drawn]


def _take(order: Ints, first: Ints, second: Ints, closed: Bools, room: Ints, most: int) -> list[tuple[int, int]]:
    """Up to so many pairs in this order; closes each, and uses up the room of its questions."""
    taken: list[tuple[int, int]] = []
    for one, other in zip(first[order].tolist(), second[order].tolist(), strict=True):
        if len(taken) >= most:
            break
        if not closed[one, other] and room[one] > 0 and room[other] > 0:
            taken.append((one, other))
            closed[one, other] = True
            room[[one, other]] -= 1
    return taken


def _worth(mean: Floats, covariance: Floats, k: int, kappa: float, seed: int) -> Floats:
    """p(1-p) Var(difference) times the doubt about both being among the first k."""
    spread = np.diag(covariance)
    variance = np.maximum(spread[:, None] + spread[None, :] - 2 * covariance, 0.0)
    shrunk = kappa * (mean[:, None] - mean[None, :]) / np.sqrt(1 + np.pi * kappa**2 * variance / 8)
    p = 1 / (1 + np.exp(-np.clip(shrunk, -50, 50)))
    p_top = top_probability(mean=mean, covariance=covariance, k=k, seed=seed)
    doubt = np.sqrt(np.maximum(p_top * (1 - p_top), LEAST_DOUBT))
    return p * (1 - p) * variance * (doubt[:, None] + doubt[None, :])


def top_probability(*, mean: Floats, covariance: Floats, k: int, seed: int, n_draws: int = N_DRAWS) -> Floats:
    """P(top-k) of each question of a shortlist with a normal posterior, shape (n_questions,)."""
    n_questions = len(mean)
    if k >= n_questions:
        return np.ones(n_questions)
    with threadpool_limits(limits=1, user_api="blas"):
        jitter = JITTER * max(float(np.trace(covariance)) / n_questions, JITTER)
        root = np.linalg.cholesky(covariance + jitter * np.eye(n_questions))
        draws = mean[:, None] + root @ np.random.default_rng(seed).standard_normal((n_questions, n_draws))
    top = np.argpartition(-draws, k - 1, axis=0)[:k]
    return np.bincount(top.ravel(), minlength=n_questions) / n_draws


def expected_overlap(p_top: Floats, k: int) -> float:
    """Share of the announced first k that truly are, in expectation: the mean of the k largest P(top-k).

    p_top: float, shape (n_questions,), of one group. NaN without questions.
    Source: METHODS.md 1d (EO_k).
    """
    announced = np.sort(p_top)[::-1][:k]
    return float(announced.mean()) if announced.size else float("nan")


class StopReason(StrEnum):
    SURE = "sure"  # the expected overlap is high enough
    NO_GAIN = "no_gain"  # the last batches hardly changed it
    ENOUGH_VOTES = "enough_votes"  # more votes per question were never worth it


def should_stop(history: Sequence[float], n_votes: int, n_shortlisted: int) -> StopReason | None:
    """Whether comparing may stop, and why.

    history: expected overlap before the first batch and after each one. n_votes: all votes of the shortlist.
    Source: METHODS.md 1d: EO_k >= .85, gain < .01 over the last two batches, or 25 votes per question.
    """
    if history and history[-1] >= SURE_OVERLAP:
        return StopReason.SURE
    if n_votes >= MOST_VOTES_PER_QUESTION * n_shortlisted:
        return StopReason.ENOUGH_VOTES
    if len(history) > GAIN_BATCHES and history[-1] - history[-1 - GAIN_BATCHES] < LEAST_GAIN:
        return StopReason.NO_GAIN
    return None
