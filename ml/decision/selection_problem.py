"""What a selection of invitees must respect and what it is worth, counted in integers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SEATS = "seats"
BUDGET = "budget"


@dataclass(frozen=True, eq=False)
class Quota:
    """Between ``minimum`` and ``maximum`` of the members are invited.

    members: bool, shape (n_candidates,). price: None for a hard limit, else the penalty per person missing or
    too many. A cap per institution or country is a hard quota of its own.
    """

    name: str
    members: Bools
    minimum: int
    maximum: int
    price: int | None = None


@dataclass(frozen=True, eq=False)
class SelectionProblem:
    """Candidates, limits and values of one selection; everything that is counted is an integer.

    merit, cost_cents: int, shape (n_candidates,), at least 0. Merit may be scaled, to about 100,000 a person.
    seats: most people invited. A seat stays empty only where the limits or a greater value want it so; where
    all must be filled, add a quota of everybody with ``minimum=seats``.
    coverage_value: int, shape (n_questions,), at least 0; counted once if anybody covers the question.
    covers: bool, shape (n_candidates, n_questions). always, never: bool, shape (n_candidates,); pins.
    tie_rank: int, shape (n_candidates,), all different; order of the published salted hash.
    Raises: ValueError on shapes, types or names that do not fit.
    """

    merit: Ints
    cost_cents: Ints
    seats: int
    budget_cents: int
    quotas: tuple[Quota, ...]
    coverage_value: Ints
    covers: Bools
    always: Bools
    never: Bools
    tie_rank: Ints

    def __post_init__(self) -> None:
        _check_arrays(self)
        _check_limits(self)

    @property
    def n_candidates(self) -> int:
        return len(self.merit)

    @property
    def n_questions(self) -> int:
        return len(self.coverage_value)


@dataclass(frozen=True, eq=False)
class Limit:
    """``minimum <= weight @ chosen <= maximum``; the price is None where the limit is hard."""

    name: str
    weight: Ints
    minimum: int
    maximum: int
    price: int | None

    def breach(self, chosen: Bools) -> int:
        """Signed distance to the limit: negative is missing, positive too much, 0 kept."""
        amount = int(self.weight[chosen].sum())
        return min(0, amount - self.minimum) + max(0, amount - self.maximum)


def limits_of(problem: SelectionProblem) -> list[Limit]:
    """All limits: seats, budget, then the quotas in their order."""
    everybody = np.ones(problem.n_candidates, dtype=np.int64)
    limits = [
        Limit(SEATS, everybody, 0, problem.seats, None),
        Limit(BUDGET, problem.cost_cents, 0, problem.budget_cents, None),
    ]
    for quota in problem.quotas:
        members = quota.members.astype(np.int64)
        limits.append(Limit(quota.name, members, quota.minimum, quota.maximum, quota.price))
    return limits


def coverage_total(problem: SelectionProblem, chosen: Bools) -> int:
    """Value of the questions that at least one chosen candidate covers."""
    return int(problem.coverage_value[problem.covers[chosen].any(axis=0)].sum())


def value_total(problem: SelectionProblem, chosen: Bools) -> int:
    """Merit plus coverage."""
    return int(problem.merit[chosen].sum()) + coverage_total(problem, chosen)


def priced_breach(problem: SelectionProblem, chosen: Bools, dropped: frozenset[str] = frozenset()) -> int:
    """Penalty of the soft quotas, those of ``dropped`` names left out."""
    kept = [limit for limit in limits_of(problem) if limit.price is not None and limit.name not in dropped]
    return sum(limit.price * abs(limit.breach(chosen)) for limit in kept)


def broken_hard_limits(problem: SelectionProblem, chosen: Bools, dropped: frozenset[str] = frozenset()) -> list[str]:
    """Names of the hard limits and pins that a set breaks."""
    hard = [limit for limit in limits_of(problem) if limit.price is None and limit.name not in dropped]
    broken = [limit.name for limit in hard if limit.breach(chosen)]
    if (problem.always & ~chosen).any():
        broken.append("always")
    if (problem.never & chosen).any():
        broken.append("never")
    return broken


def _check_arrays(problem: SelectionProblem) -> None:
    shape = (problem.n_candidates,)
    integers = (problem.merit, problem.cost_cents, problem.tie_rank)
    flags = (problem.always, problem.never, *(quota.members for quota in problem.quotas))
    if any(array.shape != shape for array in (*integers, *flags)):
        raise ValueError("Every array of candidates must have one value per candidate.")
    if problem.covers.shape != (problem.n_candidates, problem.n_questions):
        raise ValueError("covers must have one row per candidate and one column per question.")
    if any(array.dtype.kind not in "iu" for array in (*integers, problem.coverage_value)):
        raise ValueError("Merit, cost, coverage value and tie rank must be integers.")
    if any(array.dtype != bool for array in (*flags, problem.covers)):
        raise ValueError("Memberships, pins and coverage must be booleans.")


def _check_limits(problem: SelectionProblem) -> None:
    values = (problem.merit, problem.cost_cents, problem.coverage_value)
    if any((array < 0).any() for array in values):
        raise ValueError("Merit, cost and coverage value must be at least 0.")
    if len(np.unique(problem.tie_rank)) != problem.n_candidates:
        raise ValueError("No tie rank may repeat.")
    if (problem.always & problem.never).any():
        raise ValueError("Somebody is pinned both in and out.")
    names = [SEATS, BUDGET, *(quota.name for quota in problem.quotas)]
    if len(set(names)) != len(names):
        raise ValueError('Quota names must differ, also from "seats" and "budget".')
    if any(quota.minimum > quota.maximum or (quota.price or 0) < 0 for quota in problem.quotas):
        raise ValueError("A quota's minimum is at most its maximum, and its price at least 0.")
