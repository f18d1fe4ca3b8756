"""The selection as a mixed-integer linear program, solved in stages by scipy's HiGHS.

Columns: one per candidate, one per question (covered), then per limit how much is missing and how much is too
much. A limit is hard when its two slack columns are fixed at 0; dropping it frees them. Carries come last.
"""

from dataclasses import dataclass, replace
from math import isqrt

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, linprog, milp

from ml.decision.selection_problem import ALWAYS, BUDGET, NEVER, Bools, SelectionProblem, limits_of

Floats = NDArray[np.float64]

# A limit in nodes, not in seconds, so that a repeated run stops at the same place.
NODE_LIMIT = 200_000

# The solver takes 0.999999 for 1. Rows of larger weights are split, lest that be worth a whole unit.
LARGEST_WEIGHT = 1000

# Statuses of scipy.optimize.milp and linprog.
OPTIMAL = 0
INFEASIBLE = 2


class InfeasibleSelection(Exception):
    """No selection keeps all hard limits; ``selection_reasons`` finds which ones clash."""


class SolverStopped(Exception):
    """The solver ended without any selection, or with one that its tolerances spoiled."""


@dataclass(frozen=True, eq=False)
class Model:
    """``row_low <= rows @ columns <= row_high`` and ``low <= columns <= high``; candidates are 0 or 1."""

    n_candidates: int
    n_questions: int
    n_limits: int
    n_carries: int
    rows: sp.csr_array
    row_low: Floats
    row_high: Floats
    low: Floats
    high: Floats

    @property
    def open_candidates(self) -> Bools:
        """Candidates who are not fixed."""
        return self.low[: self.n_candidates] < self.high[: self.n_candidates]

    def objective(self, *, candidate=0.0, question=0.0, missing=0.0, excess=0.0) -> Floats:
        """Vector over the columns from one number or array per kind of column."""
        sizes = (self.n_candidates, self.n_questions, self.n_limits, self.n_limits, self.n_carries)
        parts = zip((candidate, question, missing, excess, 0.0), sizes, strict=True)
        return np.concatenate([np.broadcast_to(np.asarray(part, float), size) for part, size in parts])

    def at_least(self, objective: Floats, value: int) -> "Model":
        """The model with one more row: ``objective @ columns >= value``, exact in integers."""
        return self.at_most(-objective, -value)

    def at_most(self, weight: Floats, bound: int) -> "Model":
        """The model with one more row: ``weight @ columns <= bound``, exact in integers.

        Large weights are written with two digits to a base, as in long addition, and an integer carries over:
        ``low digits @ columns <= low bound + base * carry``, ``high digits @ columns + carry <= high bound``.
        """
        largest = int(np.abs(weight).max(initial=0))
        if largest <= LARGEST_WEIGHT:
            return self._with_rows_below(sp.csr_array(weight[None, :]), [bound])
        base = isqrt(largest) + 1
        low = np.fmod(weight, base)
        high = (weight - low) / base
        high_bound, low_bound = divmod(bound, base)
        carry = sp.csr_array([[-float(base)], [1.0]])
        rows = sp.csr_array(sp.hstack([sp.csr_array(np.array([low, high])), carry]))
        reach = float(np.abs(high).sum() + abs(high_bound))
        return self._with_carry(reach)._with_rows_below(rows, [low_bound, high_bound])

    def _with_rows_below(self, rows: sp.csr_array, bounds: list[int]) -> "Model":
        return replace(
            self,
            rows=sp.csr_array(sp.vstack([self.rows, rows])),
            row_low=np.append(self.row_low, np.full(len(bounds), -np.inf)),
            row_high=np.append(self.row_high, bounds),
        )

    def _with_carry(self, reach: float) -> "Model":
        empty = sp.csr_array((self.rows.shape[0], 1))
        return replace(
            self,
            n_carries=self.n_carries + 1,
            rows=sp.csr_array(sp.hstack([self.rows, empty])),
            low=np.append(self.low, -reach),
            high=np.append(self.high, reach),
        )

    def with_breach_at_most(self, breach: Floats) -> "Model":
        """The model where each limit is missed or exceeded by at most its ``breach``."""
        high, start = self.high.copy(), self.n_candidates + self.n_questions
        for slack in (slice(start, start + self.n_limits), slice(start + self.n_limits, start + 2 * self.n_limits)):
            high[slack] = np.minimum(high[slack], breach)
        return replace(self, high=high)

    def with_candidates_fixed(self, fixed: Bools, chosen: Bools) -> "Model":
        """The model with the ``fixed`` candidates at their value in ``chosen``."""
        low, high = self.low.copy(), self.high.copy()
        low[: self.n_candidates][fixed] = chosen[fixed]
        high[: self.n_candidates][fixed] = chosen[fixed]
        return replace(self, low=low, high=high)


@dataclass(frozen=True, eq=False)
class Outcome:
    """Best set found; ``gap`` is what the proof leaves open, relative to the objective (0 when proven)."""

    chosen: Bools
    gap: float
    proven: bool


def build_model(problem: SelectionProblem, *, dropped: frozenset[str] = frozenset()) -> Model:
    """The program of a problem; limits and pins named in ``dropped`` may be broken for nothing."""
    limits = limits_of(problem)
    always = problem.always & (ALWAYS not in dropped)
    never = problem.never & (NEVER not in dropped)
    rows, covered = _limit_rows(problem), _coverage_rows(problem)
    counted = np.array([limit.name != BUDGET for limit in limits])
    row_low = np.array([limit.minimum for limit in limits], dtype=float)
    row_high = np.array([limit.maximum for limit in limits], dtype=float)
    may_break = [limit.price is not None or limit.name in dropped for limit in limits]
    # Never infinite: the presolve of HiGHS 1.12 then calls some programs infeasible that are not.
    missing_high = np.where(may_break, np.maximum(0, row_low), 0.0)
    excess_high = np.where(may_break, [limit.weight.sum() for limit in limits], 0.0)
    model = Model(
        n_candidates=problem.n_candidates,
        n_questions=problem.n_questions,
        n_limits=len(limits),
        n_carries=0,
        rows=sp.csr_array(sp.vstack([rows[counted], covered])),
        row_low=np.concatenate([row_low[counted], np.zeros(problem.n_questions)]),
        row_high=np.concatenate([row_high[counted], np.full(problem.n_questions, np.inf)]),
        low=np.concatenate([always, np.zeros(rows.shape[1] - problem.n_candidates)]),
        high=np.concatenate([~never, np.ones(problem.n_questions), missing_high, excess_high]),
    )
    return model.at_most(rows[~counted].toarray()[0], problem.budget_cents)


def _limit_rows(problem: SelectionProblem) -> sp.csr_array:
    """``weight @ candidates + missing - excess`` of every limit."""
    limits = limits_of(problem)
    weights = _sparse_rows([limit.weight for limit in limits])
    no_coverage = sp.csr_array((len(limits), problem.n_questions))
    slack = sp.eye_array(len(limits))
    return sp.csr_array(sp.hstack([weights, no_coverage, slack, -slack]))


def _sparse_rows(rows: list[np.ndarray]) -> sp.csr_array:
    """The rows as a matrix; a dense one of 10,000 candidates and 2,000 caps would take 160 MB."""
    columns = [np.flatnonzero(row) for row in rows]
    values = np.concatenate([row[column] for row, column in zip(rows, columns, strict=True)]).astype(float)
    starts = np.concatenate([[0], np.cumsum([len(column) for column in columns])])
    return sp.csr_array((values, np.concatenate(columns), starts), shape=(len(rows), len(rows[0])))


def _coverage_rows(problem: SelectionProblem) -> sp.csr_array:
    """Candidates who cover a question minus whether it counts as covered."""
    n_questions, n_slacks = problem.n_questions, 2 * len(limits_of(problem))
    covers = sp.csr_array(problem.covers.T.astype(float))
    return sp.csr_array(sp.hstack([covers, -sp.eye_array(n_questions), sp.csr_array((n_questions, n_slacks))]))


def stage_objectives(problem: SelectionProblem, dropped: frozenset[str] = frozenset()) -> tuple[dict, dict, dict]:
    """Arguments of ``Model.objective`` for the parts of ``standing``: breach avoided, people kept, value."""
    price = np.array([0 if limit.name in dropped else limit.price or 0 for limit in limits_of(problem)])
    return (
        {"missing": -price, "excess": -price},
        {"candidate": problem.kept},
        {"candidate": problem.merit, "question": problem.coverage_value},
    )


def value_objective(model: Model, problem: SelectionProblem) -> Floats:
    """Merit plus coverage, over the columns of a model of the problem."""
    return model.objective(**stage_objectives(problem)[-1])


def maximize(model: Model, objective: Floats, *, node_limit: int = NODE_LIMIT) -> Outcome:
    """Best set for an objective.

    Raises: InfeasibleSelection; SolverStopped when the node limit came before any set.
    """
    result = _solve(model, objective, node_limit, presolve=True)
    if result.status == INFEASIBLE:
        # A second look without presolve, which was seen to call a program infeasible that is not.
        result = _solve(model, objective, node_limit, presolve=False)
    if result.status == INFEASIBLE:
        raise InfeasibleSelection("No selection keeps all hard limits.")
    if result.x is None:
        raise SolverStopped(result.message)
    chosen = result.x[: model.n_candidates] > 0.5
    return Outcome(chosen, float(result.mip_gap or 0.0), result.status == OPTIMAL)


def _solve(model: Model, objective: Floats, node_limit: int, *, presolve: bool) -> OptimizeResult:
    is_candidate = np.arange(len(objective)) < model.n_candidates
    is_carry = np.arange(len(objective)) >= len(objective) - model.n_carries
    return milp(
        -objective,
        constraints=LinearConstraint(model.rows, model.row_low, model.row_high),
        integrality=is_candidate | is_carry,
        bounds=Bounds(model.low, model.high),
        options={"mip_rel_gap": 0.0, "node_limit": node_limit, "presolve": presolve},
    )


def face(model: Model, objective: Floats, reached: int) -> Model:
    """The model of the sets whose objective is at least ``reached``, with those fixed who are alike in all of them.

    Reduced cost fixing: where moving a candidate away from its place in the linear relaxation costs more than
    the relaxation lies above ``reached``, no such set moves it. Half a unit is left for rounding.
    Raises: InfeasibleSelection where even the relaxation has no set; SolverStopped.
    """
    above, below = np.isfinite(model.row_high), np.isfinite(model.row_low)
    result = linprog(
        -objective,
        A_ub=sp.vstack([model.rows[above], -model.rows[below]]),
        b_ub=np.concatenate([model.row_high[above], -model.row_low[below]]),
        bounds=np.column_stack([model.low, model.high]),
        method="highs",
    )
    if result.status == INFEASIBLE:
        raise InfeasibleSelection("No selection keeps all hard limits.")
    if result.status != OPTIMAL:
        raise SolverStopped(result.message)
    price = np.maximum(np.abs(result.lower.marginals), np.abs(result.upper.marginals))[: model.n_candidates]
    is_settled = price > -result.fun - reached + 0.5
    settled = result.x[: model.n_candidates] > 0.5
    return model.at_least(objective, reached).with_candidates_fixed(is_settled, settled)
