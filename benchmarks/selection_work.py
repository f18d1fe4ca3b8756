"""One piece of work of ``benchmarks.selection``, in a process of its own with one thread.

Run as ``python -m benchmarks.selection_work NAME``: prints one line of JSON with CPU seconds, without imports and
without the making of the candidates, peak memory and what was found.
"""

import hashlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib.util import find_spec

import numpy as np

from benchmarks.conferences import conference, impossible, with_questions
from benchmarks.panel_times import ONE_THREAD
from ml.decision.selection import select_candidates
from ml.decision.selection_conflict import cheapest_repair, smallest_conflict
from ml.decision.selection_prices import limit_prices
from ml.decision.selection_problem import SelectionProblem, limits_of
from ml.decision.selection_reasons import why
from ml.decision.selection_reserve import reserve_list, substitute
from ml.decision.selection_stability import (
    Stability,
    coverage_of_draws,
    inclusion_shares,
    merit_of_draws,
    stability_of,
)

SIZES = ((500, 60), (2_000, 120), (10_000, 300))
N_DRAWS = 60
N_LEFT_OUT = 40


def ours(make: Callable[[], SelectionProblem]) -> Callable[[], dict]:
    problem = make()

    def work() -> dict:
        selection = select_candidates(problem)
        found = hashlib.sha256(problem.tie_rank[np.sort(np.flatnonzero(selection.chosen))].tobytes())
        return {
            "value": selection.merit_total + selection.coverage_total,
            "gap": selection.mip_gap,
            "status": selection.status,
            "digest": found.hexdigest()[:12],
        }

    return work


def ours_in_another_order(make: Callable[[], SelectionProblem]) -> Callable[[], dict]:
    """The candidates shuffled; the digest is over the same people in the first order."""
    problem = make()
    order = np.random.default_rng(4).permutation(problem.n_candidates)
    shuffled = replace(
        problem,
        merit=problem.merit[order],
        cost_cents=problem.cost_cents[order],
        quotas=tuple(replace(quota, members=quota.members[order]) for quota in problem.quotas[::-1]),
        covers=problem.covers[order],
        always=problem.always[order],
        never=problem.never[order],
        tie_rank=problem.tie_rank[order],
        kept=problem.kept[order],
        announced_merit=problem.announced_merit[order],
    )

    def work() -> dict:
        chosen = np.sort(order[select_candidates(shuffled).chosen])
        return {"digest": hashlib.sha256(problem.tie_rank[chosen].tobytes()).hexdigest()[:12]}

    return work


def cp_sat(make: Callable[[], SelectionProblem]) -> Callable[[], dict]:
    """The peer: one optimum of value, without the stages that make it unique."""
    from ortools.sat.python import cp_model

    problem = make()

    def work() -> dict:
        model = cp_model.CpModel()
        person = [model.new_bool_var(f"x{i}") for i in range(problem.n_candidates)]
        covered = [model.new_bool_var(f"y{i}") for i in range(problem.n_questions)]
        for question, is_covered in enumerate(covered):
            model.add(sum(person[i] for i in np.flatnonzero(problem.covers[:, question])) >= is_covered)
        for limit in limits_of(problem):
            members = np.flatnonzero(limit.weight)
            weight = cp_model.LinearExpr.weighted_sum([person[i] for i in members], limit.weight[members].tolist())
            model.add_linear_constraint(weight, limit.minimum, limit.maximum)
        value = [*problem.merit.tolist(), *problem.coverage_value.tolist()]
        model.maximize(cp_model.LinearExpr.weighted_sum([*person, *covered], value))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers, solver.parameters.max_time_in_seconds = 1, 120
        status = solver.status_name(solver.solve(model))
        return {"value": round(solver.objective_value), "status": status}

    return work


def stability(problem: SelectionProblem, merit: np.ndarray, coverage: np.ndarray) -> Callable[[], dict]:
    chosen = select_candidates(problem).chosen

    def work() -> dict:
        shares = inclusion_shares(problem, merit, coverage)
        labels = [stability_of(share, is_chosen=bool(is_in)) for share, is_in in zip(shares, chosen, strict=True)]
        found = {label.value: sum(one is label for one in np.array(labels)[chosen]) for label in Stability}
        return {**found, "outsiders": sum(one is Stability.NEAR_LINE for one in np.array(labels)[~chosen])}

    return work


def blurred_merit() -> Callable[[], dict]:
    """METHODS.md 3a: merit with a spread of four points in every draw."""
    problem = conference(0)
    noise = np.random.default_rng(1).standard_normal((N_DRAWS, problem.n_candidates))
    merit = np.maximum(0, problem.merit + np.rint(400 * noise)).astype(np.int64)
    return stability(problem, merit, np.zeros((N_DRAWS, 0), dtype=np.int64))


def drawn_questions() -> Callable[[], dict]:
    """Questions that are among the first k or not, with their own chances."""
    problem = with_questions(conference(0))
    random = np.random.default_rng(2)
    in_top_k = random.random((N_DRAWS, problem.n_questions)) < problem.coverage_value / 100
    share = problem.covers / problem.covers.sum(axis=0)
    return stability(problem, merit_of_draws(in_top_k, share), coverage_of_draws(in_top_k))


def reasons(part: str, make: Callable[[], SelectionProblem]) -> Callable[[], dict]:
    """60 reasons in, 40 reasons out, the prices of all limits, the reserve and 60 substitutes: one part or all."""
    problem = make()
    selection = select_candidates(problem)
    inside = np.flatnonzero(selection.chosen)
    outside = [one for one in np.argsort(-problem.merit, kind="stable") if not selection.chosen[one]][:N_LEFT_OUT]
    parts = {
        "in": lambda: [why(problem, selection, one) for one in inside],
        "out": lambda: [why(problem, selection, one) for one in outside],
        "limits": lambda: list(limit_prices(problem, selection)),
        "reserve": lambda: reserve_list(problem, selection),
        "substitutes": lambda: [substitute(problem, selection, one) for one in inside],
    }

    def work() -> dict:
        if part == "out":
            found = parts[part]()
            return {"n": len(found), "gains": " ".join(str(one.merit_gain) for one in found[:7])}
        if part == "limits":
            found = [price for price in parts[part]() if price.widened_by is None]
            costs = sorted(found, key=lambda price: -price.value_gained)[:6]
            return {"n": 2 * len(found), "prices": ", ".join(f"{one.name} {one.value_gained}" for one in costs)}
        return {"n": len(parts[part]())}

    return work


def clash(make: Callable[[], SelectionProblem]) -> Callable[[], dict]:
    problem = impossible(make())

    def work() -> dict:
        start = time.process_time()
        conflict = smallest_conflict(problem)
        between = time.process_time()
        repair = cheapest_repair(problem)
        return {
            "conflict": ", ".join(conflict),
            "conflict_seconds": round(between - start, 2),
            "repair": ", ".join(f"{name} {change:+}" for name, change in repair.items()),
            "repair_seconds": round(time.process_time() - between, 2),
        }

    return work


def _conference(size: int, seats: int, *, questions: bool) -> SelectionProblem:
    problem = conference(0, size=size, seats=seats)
    return with_questions(problem) if questions else problem


SOLVERS = {"ours": ours, "shuffled": ours_in_another_order, **({"CP-SAT": cp_sat} if find_spec("ortools") else {})}
WORLDS = {
    f"{size} {kind}": partial(_conference, size, seats, questions=kind == "questions")
    for size, seats in SIZES
    for kind in ("plain", "questions")
}
WORK: dict[str, Callable[[], Callable[[], dict]]] = {
    **{f"{solver}, {name}": partial(SOLVERS[solver], make) for name, make in WORLDS.items() for solver in SOLVERS},
    "stability, spread of 4 points": blurred_merit,
    "stability, draws of questions": drawn_questions,
    **{
        f"{part}, {world}": partial(reasons, part, WORLDS[world])
        for world in WORLDS
        for part in ("in", "out", "limits", "reserve", "substitutes")
    },
    **{f"clash, {size}": partial(clash, partial(_conference, size, seats, questions=False)) for size, seats in SIZES},
}


def measure(name: str) -> dict:
    """CPU seconds, peak gigabytes and findings of one piece of work, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.selection_work", name]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, **ONE_THREAD})
    return json.loads(done.stdout.splitlines()[-1])


def main(name: str) -> None:
    work = WORK[name]()
    start = time.process_time()
    found = work()
    seconds = time.process_time() - start
    gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(json.dumps({"seconds": seconds, "gigabytes": gigabytes, **found}))


if __name__ == "__main__":
    main(sys.argv[1])
