"""The selection of invitees beside a peer: optimum, repeats, order, times, memory, stability, reasons, clashes, pools.

Run as ``python -m benchmarks.selection`` (``--only`` with solve, stability, reasons, clash or pools for a part).
"""

import argparse
from dataclasses import replace

import numpy as np

from benchmarks.conferences import EXAMPLE_SMALL, POOLS, SORTITION, Pool, pool_problem
from benchmarks.panel_times import print_target
from benchmarks.selection_work import N_DRAWS, SIZES, SOLVERS, measure
from ml.decision.selection import select_candidates
from ml.decision.selection_stability import Stability

# METHODS.md 3a: CPU seconds.
PUBLISHED = {500: ".06-.69", 2_000: "1.43", 10_000: "3.69"}
TARGETS = {500: 2, 10_000: 5}
N_SALTS = 1_000


def print_solving() -> None:
    print(f"\nSelection{'':20}value   gap   status      cpu-s (METHODS)   GB     digest")
    for size, seats in SIZES:
        for kind in ("plain", "questions"):
            found = {solver: measure(f"{solver}, {size} {kind}") for solver in SOLVERS}
            again = measure(f"ours, {size} {kind}")
            for solver, one in found.items():
                published = f"({PUBLISHED[size]})" if kind == "plain" and solver == "ours" else ""
                print(
                    f"  {f'{size:,} / {seats}, {kind}':26}{solver:10}{one.get('value', ''):>8}{one.get('gap', ''):>6}"
                    f"  {one.get('status', ''):9}{one['seconds']:>7.2f} {published:9}{one['gigabytes']:>6.2f}"
                    f"   {one.get('digest', '')}",
                    flush=True,
                )
            first = found["ours"]
            print_target("gap 0, proven", first["gap"] == 0 and first["status"] == "optimal", f"gap {first['gap']}")
            is_same = first["digest"] == again["digest"] == found["shuffled"]["digest"]
            print_target("one set, repeated and in another order", is_same, first["digest"])
            if "CP-SAT" in found and found["CP-SAT"]["status"] == "OPTIMAL":
                is_equal = first["value"] == found["CP-SAT"]["value"]
                print_target("the optimum of CP-SAT", is_equal, str(found["CP-SAT"]["value"]))
            if size in TARGETS:
                seconds = min(first["seconds"], again["seconds"])
                print_target(f"{size:,} / {seats} in {TARGETS[size]} s", seconds <= TARGETS[size], f"{seconds:.2f}")


def print_stability() -> None:
    print(
        f"\nStability over {N_DRAWS} draws, 500 / 60 "
        "(METHODS: 33 clear, 22 likely, 5 near the line, 4 outsiders; 19.6 s)"
    )
    for name in ("stability, spread of 4 points", "stability, draws of questions"):
        one = measure(name)
        words = ", ".join(f"{one[label.value]} {label.value}" for label in Stability)
        print(f"  {name:34}{words}, {one['outsiders']} outsiders near the line; {one['seconds']:.1f} s", flush=True)


def print_reasons() -> None:
    print("\nReasons, CPU seconds (METHODS: 60 in + 40 out + 12 quotas, about 45 s)")
    for world in ("500 plain", "500 questions", "2000 plain"):
        total = 0.0
        for part in ("in", "out", "limits", "reserve", "substitutes"):
            one = measure(f"{part}, {world}")
            total += one["seconds"]
            words = one.get("gains", one.get("prices", ""))
            print(f"  {world:16}{part:12}{one['n']:>5}{one['seconds']:>8.2f}   {words}", flush=True)
        print(f"  {world:16}{'together':17}{total:>8.2f}")
        if world == "500 plain":
            print_target("all explanations in 60 s", total <= 60, f"{total:.1f}", moonshot=True)


def print_clashes() -> None:
    print(
        "\n20 from Africa and 45 women of 60 "
        "(METHODS: China, Europe, Latin America, Africa, women .81 s; Africa -2 .10 s)"
    )
    for size, _ in SIZES:
        one = measure(f"clash, {size}")
        print(f"  {size:>6,}  clash of {one['conflict']}: {one['conflict_seconds']} s")
        print(f"          repair {one['repair']}: {one['repair_seconds']} s", flush=True)


def print_pools() -> None:
    for pool in (EXAMPLE_SMALL, SORTITION):
        if not (POOLS / pool.people).exists():
            print(f"\n{pool.name}: not beside the checkout, left out")
            continue
        print(f"\n{pool.name}, merit of our own making")
        problem = pool_problem(pool)
        selection = select_candidates(problem)
        n_quotas = len(problem.quotas) - 1
        print(f"  pool {problem.n_candidates}, panel {problem.seats}, {n_quotas} quotas, gap {selection.mip_gap}")
        for quota in problem.quotas[1:]:
            n = int((quota.members & selection.chosen).sum())
            kept = "kept" if quota.minimum <= n <= quota.maximum else "BROKEN"
            asked = f"{quota.minimum:>2}-{quota.maximum:<2} asked"
            print(f"    {quota.name:34}{quota.members.sum():>4} there, {asked}, {n:>2} in, {kept}")
        _print_lottery(pool)
    for path in sorted((POOLS / "citizensassemblies/reference_output").glob("example_small_20*")):
        print(f"\nPublished statistics, {path.name}")
        lines = [line for line in path.read_text().splitlines() if line and not line.startswith("Plot")]
        print("  " + "\n  ".join(lines))


def _print_lottery(pool: Pool) -> None:
    """All merit equal and a new salt each time: the hash alone decides, as a lottery under quotas would."""
    problem, random = pool_problem(pool, equal_merit=True), np.random.default_rng(5)
    n_chosen = np.zeros(problem.n_candidates)
    for _ in range(N_SALTS):
        n_chosen += select_candidates(replace(problem, tie_rank=random.permutation(problem.n_candidates))).chosen
    fair = random.binomial(N_SALTS, problem.seats / len(n_chosen), len(n_chosen))
    print(
        f"  {N_SALTS} salts, equal merit: mean chance {n_chosen.mean() / N_SALTS:.1%}, "
        f"least {n_chosen.min() / N_SALTS:.1%}, "
        f"Gini {_gini(n_chosen):.1%} (equal chances would show {_gini(fair):.1%} in as many)"
    )


def _gini(amounts: np.ndarray) -> float:
    size = len(amounts)
    return 2 * (np.arange(1, size + 1) @ np.sort(amounts)) / (size * amounts.sum()) - (size + 1) / size


PARTS = {
    "solve": print_solving,
    "stability": print_stability,
    "reasons": print_reasons,
    "clash": print_clashes,
    "pools": print_pools,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=PARTS)
    asked = parser.parse_args()
    for name, part in PARTS.items():
        if asked.only in (None, name):
            part()


if __name__ == "__main__":
    main()
