"""What a selection of invitees must respect and what it is worth, counted in integers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SEATS = "seats"
BUDGET = "budget"
# The pins, as two limits of their own.
ALWAYS = "always"
NEVER = "never"
RESERVED = (SEATS, BUDGET, ALWAYS, NEVER)


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
    kept: bool, shape (n_candidates,); whom a replacement should not lose: as many of them as possible stay,
    whatever that costs in value. Nobody where left out.
    announced_merit: int, shape (n_candidates,), at least 0; decides among sets of equal value, before the tie
    ranks. For draws of merit, which may be equal where what was announced is not. Zeros where left out.
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
    kept: Bools | None = None
    announced_merit: Ints | None = None

    def __post_init__(self) -> None:
        if self.kept is None:
            object.__setattr__(self, "kept", np.zeros(self.n_candidates, dtype=bool))
        if self.announced_merit is None:
            object.__setattr__(self, "announced_merit", np.zeros(self.n_candidates, dtype=np.int64))
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
    weight: Ints | Bools
    minimum: int
    maximum: int
    price: int | None

    def breach(self, chosen: Bools) -> int:
        """Signed distance to the limit: negative is missing, positive too much, 0 kept."""
        amount = int(self.weight[chosen].sum())
        return min(0, amount - self.minimum) + max(0, amount - self.maximum)


def limits_of(problem: SelectionProblem) -> list[Limit]:
    """All limits: seats, budget, then the quotas in their order."""
    everybody = np.ones(problem.n_candidates, dtype=bool)
    limits = [
        Limit(SEATS, everybody, 0, problem.seats, None),
        Limit(BUDGET, problem.cost_cents, 0, problem.budget_cents, None),
    ]
    for quota in problem.quotas:
        limits.append(Limit(quota.name, quota.members, quota.minimum, quota.maximum, quota.price))
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
    """Names of the hard limits and pins that a set breaks, those of ``dropped`` names left out."""
    broken = [limit.name for limit in limits_of(problem) if limit.price is None and limit.breach(chosen)]
    if (problem.always & ~chosen).any():
        broken.append(ALWAYS)
    if (problem.never & chosen).any():
        broken.append(NEVER)
    return [name for name in broken if name not in dropped]


def standing(problem: SelectionProblem, chosen: Bools, dropped: frozenset[str] = frozenset()) -> tuple[int, int, int]:
    """Priced breach (negated), how many of ``kept`` stay, and value; the greater in this order is better."""
    n_kept = int((problem.kept & chosen).sum())
    return -priced_breach(problem, chosen, dropped), n_kept, value_total(problem, chosen)


def tight_limits(problem: SelectionProblem, chosen: Bools) -> tuple[str, ...]:
    """Limits that one more or one less person would break; the budget when it cannot pay anybody left out."""
    tight = []
    for limit in limits_of(problem):
        amount = int(limit.weight[chosen].sum())
        left_out = limit.weight[~chosen & ~problem.never & (limit.weight > 0)]
        full = len(left_out) > 0 and amount + int(left_out.min()) > limit.maximum
        if full or (0 < amount <= limit.minimum):
            tight.append(limit.name)
    return tuple(tight)


def _check_arrays(problem: SelectionProblem) -> None:
    shape = (problem.n_candidates,)
    integers = (problem.merit, problem.cost_cents, problem.tie_rank, problem.announced_merit)
    flags = (problem.always, problem.never, problem.kept, *(quota.members for quota in problem.quotas))
    if any(array.shape != shape for array in (*integers, *flags)):
        raise ValueError("Every array of candidates must have one value per candidate.")
    if problem.covers.shape != (problem.n_candidates, problem.n_questions):
        raise ValueError("covers must have one row per candidate and one column per question.")
    if any(array.dtype.kind not in "iu" for array in (*integers, problem.coverage_value)):
        raise ValueError("Merit, cost, coverage value and tie rank must be integers.")
    if any(array.dtype != bool for array in (*flags, problem.covers)):
        raise ValueError("Memberships, pins and coverage must be booleans.")


def _check_limits(problem: SelectionProblem) -> None:
    values = (problem.merit, problem.cost_cents, problem.coverage_value, problem.announced_merit)
    if any((array < 0).any() for array in values):
        raise ValueError("Merit, cost and coverage value must be at least 0.")
    if len(np.unique(problem.tie_rank)) != problem.n_candidates:
        raise ValueError("No tie rank may repeat.")
    if (problem.always & problem.never).any():
        raise ValueError("Somebody is pinned both in and out.")
    names = [*RESERVED, *(quota.name for quota in problem.quotas)]
    if len(set(names)) != len(names):
        raise ValueError(f"Quota names must differ, also from {', '.join(RESERVED)}.")
    if any(quota.minimum > quota.maximum or (quota.price or 0) < 0 for quota in problem.quotas):
        raise ValueError("A quota's minimum is at most its maximum, and its price at least 0.")
