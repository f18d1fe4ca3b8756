"""What the work behind each new submission costs as a call grows: vectors, suggestions, a look, a topic."""

from collections.abc import Callable
from itertools import count

from benchmarks.site import bench_site, cost_of
from solicit.questions.tasks import embed, look_over
from solicit.topics.tasks import place

SIZES = (5_000, 10_000, 20_000)
STEPS = {"vectors and suggestions": embed, "look over": look_over, "topic and place on the map": place}
TURNS = 20


def print_growth() -> None:
    """Print CPU milliseconds of each step, and what doubling the questions does to them."""
    print("\nWork behind each new submission, CPU milliseconds of application and database")
    print(f"{'':26}" + "".join(f"{size:>10,}" for size in SIZES) + f"{'growth':>10}")
    costs = {name: [] for name in STEPS}
    with bench_site() as site:
        for size in SIZES:
            site.grow_to(size)
            for name, work in STEPS.items():
                costs[name].append(_cost(work))
    for name, row in costs.items():
        growth = max(after / before for before, after in zip(row, row[1:], strict=False))
        print(f"{name:26}" + "".join(f"{cost:>10.1f}" for cost in row) + f"{growth:>9.2f}x")
        print(f"  target 5: doubling does not quadruple it: {'reached' if growth < 4 else 'MISSED'}")


def _cost(work: Callable[..., None]) -> float:
    """CPU milliseconds of one step for one question after the other."""
    ids = count(1)
    return cost_of(lambda: work(question_id=next(ids)), TURNS).processors


if __name__ == "__main__":
    print_growth()
