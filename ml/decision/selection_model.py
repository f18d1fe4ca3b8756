"""The selection as a mixed-integer linear program, solved in stages by scipy's HiGHS.

Columns: one per candidate, one per question (covered), then per limit how much is missing and how much is too
much. A limit is hard when its two slack columns are fixed at 0; dropping it frees them.
"""

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from ml.decision.selection_problem import Bools, SelectionProblem, limits_of

Floats = NDArray[np.float64]

# A limit in nodes, not in seconds, so that a repeated run stops at the same place.
NODE_LIMIT = 200_000

# Statuses of scipy.optimize.milp and linprog.
OPTIMAL = 0
STOPPED = 1
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
    rows: sp.csr_array
    row_low: Floats
    row_high: Floats
    low: Floats
    high: Floats

    def objective(self, *, candidate=0.0, question=0.0, missing=0.0, excess=0.0) -> Floats:
        """Vector over the columns from one number or array per kind of column."""
        sizes = (self.n_candidates, self.n_questions, self.n_limits, self.n_limits)
        parts = zip((candidate, question, missing, excess), sizes, strict=True)
        return np.concatenate([np.broadcast_to(np.asarray(part, float), size) for part, size in parts])

    def at_least(self, objective: Floats, value: int) -> "Model":
        """The model with one more row: ``objective @ columns >= value``."""
        return replace(
            self,
            rows=sp.csr_array(sp.vstack([self.rows, sp.csr_array(objective[None, :])])),
            row_low=np.append(self.row_low, value),
            row_high=np.append(self.row_high, np.inf),
        )

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
    """The program of a problem; the limits named in ``dropped`` may be broken for nothing."""
    limits = limits_of(problem)
    n_candidates, n_questions, n_limits = problem.n_candidates, problem.n_questions, len(limits)
    slack = sp.eye_array(n_limits)
    weights = sp.csr_array(np.array([limit.weight for limit in limits], dtype=float))
    no_coverage = sp.csr_array((n_limits, n_questions))
    covers = sp.csr_array(problem.covers.T.astype(float))
    covered = sp.hstack([covers, -sp.eye_array(n_questions), sp.csr_array((n_questions, 2 * n_limits))])
    may_break = [limit.price is not None or limit.name in dropped for limit in limits]
    slack_high = np.where(may_break, np.inf, 0.0)
    low = np.zeros(n_candidates + n_questions + 2 * n_limits)
    low[:n_candidates] = problem.always
    return Model(
        n_candidates=n_candidates,
        n_questions=n_questions,
        n_limits=n_limits,
        rows=sp.csr_array(sp.vstack([sp.hstack([weights, no_coverage, slack, -slack]), covered])),
        row_low=np.concatenate([[limit.minimum for limit in limits], np.zeros(n_questions)]),
        row_high=np.concatenate([[limit.maximum for limit in limits], np.full(n_questions, np.inf)]),
        low=low,
        high=np.concatenate([~problem.never, np.ones(n_questions), slack_high, slack_high]),
    )


def maximize(model: Model, objective: Floats, *, node_limit: int = NODE_LIMIT) -> Outcome:
    """Best set for an objective.

    Raises: InfeasibleSelection; SolverStopped when the node limit came before any set.
    """
    result = milp(
        -objective,
        constraints=LinearConstraint(model.rows, model.row_low, model.row_high),
        integrality=model.objective(candidate=1.0),
        bounds=Bounds(model.low, model.high),
        options={"mip_rel_gap": 0.0, "node_limit": node_limit},
    )
    if result.status == INFEASIBLE:
        raise InfeasibleSelection("No selection keeps all hard limits.")
    if result.x is None or result.status not in (OPTIMAL, STOPPED):
        raise SolverStopped(result.message)
    chosen = result.x[: model.n_candidates] > 0.5
    return Outcome(chosen, float(result.mip_gap or 0.0), result.status == OPTIMAL)


def undecided_candidates(model: Model, objective: Floats, best: int) -> Bools:
    """Candidates that some set of value ``best`` might have otherwise; the rest is alike in all such sets.

    Reduced cost fixing: where moving a candidate away from its place in the linear relaxation costs more than
    the relaxation lies above ``best``, no best set moves it. Half a unit is left for rounding.
    """
    bounded_above = np.isfinite(model.row_high)
    result = linprog(
        -objective,
        A_ub=sp.vstack([model.rows[bounded_above], -model.rows]),
        b_ub=np.concatenate([model.row_high[bounded_above], -model.row_low]),
        bounds=np.column_stack([model.low, model.high]),
        method="highs",
    )
    if result.status != OPTIMAL:
        raise SolverStopped(result.message)
    price = np.maximum(np.abs(result.lower.marginals), np.abs(result.upper.marginals))
    return price[: model.n_candidates] <= -result.fun - best + 0.5
