"""From an assignment problem to the pairs to make, and to what a person has to know of them: arrays in, numbers out."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from ml.decision.assignment import InfeasibleAssignment, Shortage, assign_panelists
from solicit.panels.queries.problem import Problem

# Loads are kept near the average where possible: shares of it, tried in this order, then the seats' own limits.
BALANCES = ((0.7, 1.3), (0.0, 1.3), (0.0, 2.0))
LIKENESS, DECLARED = 0.6, 0.4
HIGHEST = 100.0
# Where nobody knows, a panelist is neither like nor unlike.
MIDDLE = 0.5
# Multiples of it, without their whole part, are spread evenly over every stretch of questions.
GOLDEN = (math.sqrt(5) - 1) / 2

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Chosen = list[tuple[int, int]]


@dataclass(frozen=True)
class Limits:
    """How many raters of a question may be of one kind; home_share is of those from the home theme."""

    home_share: float
    most_per_region: int | None = None
    most_per_institution: int | None = None


@dataclass(frozen=True)
class NewPair:
    question_id: int
    person_id: int
    panel_id: int
    affinity: float
    is_random: bool = False


@dataclass(frozen=True, eq=False)
class Plan:
    """Pairs to make. ``missing``: panelists that each question still lacks with them, by its row in the problem.

    shortage: what stands in the way of every demand at once, None where nothing does. mixes_themes: whether the
    share of home raters could be kept.
    """

    pairs: tuple[NewPair, ...]
    missing: Ints
    eligible: Ints
    shortage: Shortage | None
    mixes_themes: bool


@dataclass(frozen=True, eq=False)
class _Task:
    affinity: Floats
    demand: Ints
    forbidden: Bools
    lowest: Ints
    highest: Ints
    used: Ints


def plan_assignment(problem: Problem, *, wanted: Mapping[int, int], limits: Limits) -> Plan:
    """Choose who reads what: ``wanted`` ratings for each question id; existing pairs count, conflicts are not there.

    Where the demands cannot all be met, as many as possible are, and the plan says what stands in the way.
    """
    counted = Counter(question_id for question_id, _ in problem.counted)
    demand = np.array([max(0, wanted.get(q.id, 0) - counted[q.id]) for q in problem.questions], dtype=np.int64)
    forbidden = problem.closed | ~problem.reads | problem.matrix(problem.taken) if demand.size else problem.closed
    eligible = (~forbidden).sum(axis=1)
    if not demand.any() or not problem.judges:
        return Plan((), demand, eligible, None, True)
    given = Counter(person_id for _, person_id in problem.counted)
    task = _Task(
        affinity=affinity_of(problem),
        demand=np.minimum(demand, eligible),
        forbidden=forbidden,
        lowest=np.array([judge.min_load for judge in problem.judges], dtype=np.int64),
        highest=np.array([judge.max_load for judge in problem.judges], dtype=np.int64),
        used=np.array([given[judge.id] for judge in problem.judges], dtype=np.int64),
    )
    chosen, shortage, mixes = _solve(problem, task, limits)
    given = np.bincount([row for row, _ in chosen], minlength=demand.size)
    pairs = tuple(_pair(problem, task, row, column) for row, column in chosen)
    return Plan(pairs, demand - given, eligible, shortage, mixes)


def affinity_of(problem: Problem) -> Floats:
    """How well each panelist fits each question, 0 to 100: likeness beside the other panelists', and their word."""
    alike, known = problem.likeness, ~np.isnan(problem.likeness)
    if not known.any():
        return np.round(HIGHEST * problem.declared, 6)
    ranks = rankdata(np.where(known, alike, -np.inf), axis=1)
    n_unknown = (~known).sum(axis=1, keepdims=True)
    percentile = (ranks - n_unknown - 0.5) / np.maximum(known.sum(axis=1, keepdims=True), 1)
    percentile = np.where(known, percentile, MIDDLE)
    return np.round(HIGHEST * (LIKENESS * percentile + DECLARED * problem.declared), 6)


def _solve(problem: Problem, task: _Task, limits: Limits) -> tuple[Chosen, Shortage | None, bool]:
    """Mixed as the round wants it, else as the panels allow, else as many as there is room for."""
    whole = _Halves(task.demand, np.zeros_like(task.demand), np.ones_like(task.forbidden))
    shortage: Shortage | None = None
    for halves in (_halves(problem, task, limits.home_share), whole):
        found = _balanced(task, halves)
        if not isinstance(found, Shortage):
            return found, None, halves is not whole
        shortage = found
    return _as_many_as_possible(task), shortage, False


@dataclass(frozen=True, eq=False)
class _Halves:
    """How many raters of each question come from one side, how many from the other, and which pairs are one side."""

    inside: Ints
    outside: Ints
    is_inside: Bools


def _halves(problem: Problem, task: _Task, share: float) -> _Halves:
    """The raters of each question from home and from elsewhere, as near to the share as those who are eligible allow.

    An odd one falls to either side by the order of the questions, so that the whole keeps the share.
    """
    demand = task.demand
    home_now = (problem.matrix(problem.counted) & problem.is_home).sum(axis=1)
    all_now = problem.matrix(problem.counted).sum(axis=1)
    odd = np.modf(np.arange(1, demand.size + 1) * GOLDEN)[0]
    inside = np.clip(np.floor((demand + all_now) * share + odd).astype(np.int64) - home_now, 0, demand)
    open_pairs = ~task.forbidden
    outside = np.minimum(demand - inside, (open_pairs & ~problem.is_home).sum(axis=1))
    inside = np.minimum(demand - outside, (open_pairs & problem.is_home).sum(axis=1))
    return _Halves(inside, demand - inside, problem.is_home)


def _balanced(task: _Task, halves: _Halves) -> Chosen | Shortage:
    """Pairs with loads as even as can be; the shortage under the seats' own limits where there are none."""
    share = (task.demand.sum() + task.used.sum()) / len(task.used)
    lowest, highest = np.maximum(task.lowest - task.used, 0), np.maximum(task.highest - task.used, 0)
    able = (~task.forbidden & (task.demand > 0)[:, None]).sum(axis=0)
    for least, most in BALANCES:
        low = np.clip(math.floor(least * share) - task.used, lowest, np.maximum(lowest, np.minimum(able, highest)))
        high = np.clip(math.ceil(most * share) - task.used, np.minimum(lowest, highest), highest)
        found = _try(task, halves, np.minimum(low, high), high)
        if not isinstance(found, Shortage):
            return found
    return _try(task, halves, np.minimum(lowest, highest), highest)


def _try(task: _Task, halves: _Halves, low: Ints, high: Ints) -> Chosen | Shortage:
    n_questions = task.demand.size
    try:
        made = assign_panelists(
            affinity=np.vstack([task.affinity, task.affinity]),
            demand=np.concatenate([halves.inside, halves.outside]),
            min_load=low,
            max_load=high,
            forbidden=np.vstack([task.forbidden | ~halves.is_inside, task.forbidden | halves.is_inside]),
        )
    except InfeasibleAssignment as error:
        return error.shortage
    return sorted(zip((made.question % n_questions).tolist(), made.panelist.tolist(), strict=True))


def _as_many_as_possible(task: _Task) -> Chosen:
    """Pairs for as many of the ratings as there is room for, whatever the smallest loads are.

    Nobody, as often as a question wants raters, stands in for those that are missing, at a price above any affinity.
    """
    n_questions, n_people = task.affinity.shape
    n_nobody = int(task.demand.max(initial=0))
    nobody = np.full((n_questions, n_nobody), -HIGHEST * (n_people + 1))
    room = np.maximum(task.highest - task.used, 0)
    made = assign_panelists(
        affinity=np.hstack([task.affinity, nobody]),
        demand=task.demand,
        min_load=np.zeros(n_people + n_nobody, dtype=np.int64),
        max_load=np.concatenate([room, np.full(n_nobody, n_questions)]),
        forbidden=np.hstack([task.forbidden, np.zeros_like(nobody, dtype=bool)]),
    )
    return [(q, p) for q, p in zip(made.question.tolist(), made.panelist.tolist(), strict=True) if p < n_people]


def _pair(problem: Problem, task: _Task, row: int, column: int) -> NewPair:
    question, judge = problem.questions[row], problem.judges[column]
    return NewPair(question.id, judge.id, judge.seat_for(question).panel_id, float(task.affinity[row, column]))
