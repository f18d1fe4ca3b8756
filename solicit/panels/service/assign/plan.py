"""From an assignment problem to the pairs to make, and to what a person has to know of them: arrays in, numbers out."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from ml.decision.assignment import Assignment, Caps, InfeasibleAssignment, Shortage, assign_panelists
from solicit.panels.queries.problem import Problem

# Loads are kept near the average where possible: shares of it, tried in this order, then the seats' own limits.
BALANCES = ((0.7, 1.3), (0.0, 1.3), (0.0, 2.0), (0.0, math.inf))
LIKENESS, DECLARED = 0.6, 0.4
HIGHEST = 100.0
# Where nobody knows, a panelist is neither like nor unlike.
MIDDLE = 0.5
# Multiples of it, without their whole part, are spread evenly over every stretch of questions.
GOLDEN = (math.sqrt(5) - 1) / 2

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


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

    eligible: how many panelists could be added to each question. shortage: what stands in the way of every demand at
    once, None where nothing does. mixes_themes: whether the share of home raters could be kept. solver: which one
    decided among equals, None where there was nothing to decide.
    """

    pairs: tuple[NewPair, ...]
    missing: Ints
    eligible: Ints
    shortage: Shortage | None
    mixes_themes: bool
    solver: str | None


@dataclass(frozen=True, eq=False)
class _Task:
    """What the solver is given: demands and loads are in all, with the pairs that exist."""

    affinity: Floats
    demand: Ints
    forbidden: Bools
    existing: Bools
    lowest: Ints
    highest: Ints
    caps: Caps


def plan_assignment(problem: Problem, *, wanted: Mapping[int, int], limits: Limits) -> Plan:
    """Choose who reads what: ``wanted`` ratings for each question id; existing pairs count and stay.

    Where the demands cannot all be met, as many as possible are, and the plan says what stands in the way.
    """
    existing = problem.matrix(problem.counted)
    counted = existing.sum(axis=1)
    demand = np.array([max(0, wanted.get(question.id, 0)) for question in problem.questions], dtype=np.int64)
    demand = np.maximum(demand, counted)
    forbidden = (problem.closed | ~problem.reads | problem.matrix(problem.taken)) & ~existing
    eligible = (~forbidden & ~existing).sum(axis=1)
    reachable = np.minimum(demand, counted + eligible)
    if np.array_equal(reachable, counted):
        return Plan((), demand - counted, eligible, None, mixes_themes=True, solver=None)
    task = _task(problem, reachable, forbidden, existing, limits)
    made, shortage, mixes = _solve(task)
    rows = [row for row in _rows(made) if row[1] < len(problem.judges)]
    pairs = tuple(_pair(problem, task, row, column) for row, column in rows if not existing[row, column])
    given = np.bincount([row for row, _ in rows], minlength=demand.size)
    return Plan(pairs, demand - given, eligible, shortage, mixes, made.solver)


def affinity_of(problem: Problem) -> Floats:
    """How well each panelist fits each question, 0 to 100: likeness beside the other panelists', and their word."""
    known = ~np.isnan(problem.likeness)
    if not known.any():
        return np.round(HIGHEST * problem.declared, 6)
    ranks = rankdata(np.where(known, problem.likeness, -np.inf), axis=1)
    n_unknown = (~known).sum(axis=1, keepdims=True)
    percentile = (ranks - n_unknown - 0.5) / np.maximum(known.sum(axis=1, keepdims=True), 1)
    percentile = np.where(known, percentile, MIDDLE)
    return np.round(HIGHEST * (LIKENESS * percentile + DECLARED * problem.declared), 6)


def _task(problem: Problem, demand: Ints, forbidden: Bools, existing: Bools, limits: Limits) -> _Task:
    used = existing.sum(axis=0)
    caps = Caps(
        home=problem.is_home,
        region=_codes([judge.region for judge in problem.judges]),
        institution=_codes([judge.institution for judge in problem.judges]),
        most_home=_most_home(problem, demand, forbidden | existing, limits.home_share),
        most_per_region=limits.most_per_region,
        most_per_institution=limits.most_per_institution,
    )
    highest = np.maximum(np.array([judge.max_load for judge in problem.judges], dtype=np.int64), used)
    lowest = np.array([judge.min_load for judge in problem.judges], dtype=np.int64)
    return _Task(affinity_of(problem), demand, forbidden, existing, np.minimum(lowest, highest), highest, caps)


def _codes(names: list[str]) -> Ints:
    """A number for each name; whoever said nothing is alone."""
    known = {name: n for n, name in enumerate(sorted(set(names) - {""}))}
    return np.array([known.get(name, len(known) + n) for n, name in enumerate(names)], dtype=np.int64)


def _most_home(problem: Problem, demand: Ints, unavailable: Bools, share: float) -> Ints:
    """The most raters from the home theme, as near to the share as those who are eligible from elsewhere allow.

    An odd one falls to either side by the order of the questions, so that the whole keeps the share.
    """
    odd = np.modf(np.arange(1, demand.size + 1) * GOLDEN)[0]
    most = np.clip(np.floor(demand * share + odd).astype(np.int64), 0, demand)
    away = (~unavailable & ~problem.is_home).sum(axis=1)
    away_now = (problem.matrix(problem.counted) & ~problem.is_home).sum(axis=1)
    return np.maximum(most, demand - away - away_now)


def _solve(task: _Task) -> tuple[Assignment, Shortage | None, bool]:
    """Mixed as the round wants it, else as the panels allow, else as many as there is room for."""
    free = replace(task, caps=replace(task.caps, most_home=None))
    shortage: Shortage | None = None
    for tried in (task, free):
        found = _balanced(tried)
        if not isinstance(found, Shortage):
            return found, None, tried is task
        shortage = found
    return _as_many_as_possible(free), shortage, False


def _balanced(task: _Task) -> Assignment | Shortage:
    """Pairs with loads as even as can be; the shortage under the seats' own limits where there are none."""
    share = task.demand.sum() / len(task.highest)
    used = task.existing.sum(axis=0)
    able = used + (~task.forbidden & ~task.existing & (task.demand > 0)[:, None]).sum(axis=0)
    found: Assignment | Shortage | None = None
    for least, most in BALANCES:
        high = np.clip(np.ceil(min(most * share, task.demand.size)), np.maximum(task.lowest, used), task.highest)
        low = np.clip(np.floor(least * share), task.lowest, np.maximum(task.lowest, np.minimum(able, high)))
        found = _try(task, low.astype(np.int64), high.astype(np.int64))
        if not isinstance(found, Shortage):
            break
    return found


def _try(task: _Task, low: Ints, high: Ints) -> Assignment | Shortage:
    try:
        return assign_panelists(
            affinity=task.affinity,
            demand=task.demand,
            min_load=low,
            max_load=high,
            forbidden=task.forbidden,
            pinned=task.existing,
            caps=task.caps,
        )
    except InfeasibleAssignment as error:
        return error.shortage


def _as_many_as_possible(task: _Task) -> Assignment:
    """Pairs for as many of the ratings as there is room for, whatever the smallest loads are.

    Nobody, as often as a question wants raters, stands in for those that are missing, at a price above any affinity:
    the columns after those of the panelists.
    """
    n_questions, n_people = task.affinity.shape
    n_nobody = int(task.demand.max(initial=0))
    nobody = np.zeros((n_questions, n_nobody), dtype=bool)
    # Nobody is of no region, each time anew.
    alone = n_questions + n_people + np.arange(n_nobody)
    return assign_panelists(
        affinity=np.hstack([task.affinity, np.full(nobody.shape, -HIGHEST * (n_people + 1))]),
        demand=task.demand,
        min_load=np.zeros(n_people + n_nobody, dtype=np.int64),
        max_load=np.concatenate([task.highest, np.full(n_nobody, n_questions)]),
        forbidden=np.hstack([task.forbidden, nobody]),
        pinned=np.hstack([task.existing, nobody]),
        caps=replace(
            task.caps,
            home=np.hstack([task.caps.home, nobody]),
            region=np.concatenate([task.caps.region, alone]),
            institution=np.concatenate([task.caps.institution, alone]),
        ),
        floor=False,
    )


def _rows(made: Assignment) -> list[tuple[int, int]]:
    return list(zip(made.question.tolist(), made.panelist.tolist(), strict=True))


def _pair(problem: Problem, task: _Task, row: int, column: int) -> NewPair:
    question, judge = problem.questions[row], problem.judges[column]
    return NewPair(question.id, judge.id, judge.seat_for(question).panel_id, float(task.affinity[row, column]))
